import { describe, expect, it } from '@jest/globals';
import { engineOptions } from './engine-address.js';

describe('engineOptions', () => {
  it.each([
    [undefined, 'linux', { socketPath: '/var/run/docker.sock' }],
    [undefined, 'win32', { socketPath: '//./pipe/docker_engine' }],
    ['unix:///run/user/1000/docker.sock', 'linux', { socketPath: '/run/user/1000/docker.sock' }],
    ['npipe:////./pipe/other', 'win32', { socketPath: '//./pipe/other' }],
    ['tcp://10.0.0.5:2376', 'linux', { host: '10.0.0.5', port: '2376' }],
    ['tcp://engine', 'linux', { host: 'engine', port: '2375' }],
  ] as const)('reads %s on %s', (address, platform, expected) => {
    expect(engineOptions(address, platform)).toMatchObject({ protocol: 'http', ...expected });
  });

  it('speaks TLS where it is given certificates', () => {
    const tls = { ca: 'a', cert: 'b', key: 'c' };
    expect(engineOptions('tcp://engine', 'win32', tls)).toEqual({
      protocol: 'https',
      socketPath: undefined,
      host: 'engine',
      port: '2376',
      ...tls,
    });
  });

  it('leaves nothing open that DOCKER_HOST would fill', () => {
    const bySocket = engineOptions('unix:///a', 'linux');
    expect(Object.keys(bySocket)).toEqual(expect.arrayContaining(['host', 'port', 'ca', 'cert', 'key']));
    expect(Object.keys(engineOptions('tcp://a:1', 'linux'))).toContain('socketPath');
  });

  it.each(['/var/run/docker.sock', 'http://x:1', 'tcp://', ''])('refuses "%s"', (address) => {
    expect(() => engineOptions(address, 'linux')).toThrow('unix://, npipe:// or tcp://');
  });
});
