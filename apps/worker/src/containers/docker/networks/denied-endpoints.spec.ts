import { describe, expect, it } from '@jest/globals';
import { deniedEndpoints, endpointOf } from './denied-endpoints.js';

describe('endpointOf', () => {
  it.each([
    ['redis://redis.internal:6380/0', { host: 'redis.internal', port: 6380 }],
    ['redis://10.0.0.9', { host: '10.0.0.9', port: 6379 }],
    ['mssql://user:secret@sql.internal/nightjar', { host: 'sql.internal', port: 1433 }],
    ['https://nightjar.internal', { host: 'nightjar.internal', port: 443 }],
    ['http://127.0.0.1:7070', { host: '127.0.0.1', port: 7070 }],
    ['tcp://10.0.0.1', { host: '10.0.0.1', port: 2375 }],
    ['sqlite:.nightjar/nightjar.db', undefined],
    ['unix:///var/run/docker.sock', undefined],
    ['npipe:////./pipe/docker_engine', undefined],
    [undefined, undefined],
  ])('of %s', (url, endpoint) => {
    expect(endpointOf(url)).toEqual(endpoint);
  });
});

describe('deniedEndpoints', () => {
  it('are all addresses of each service, also while names can’t be looked up', async () => {
    const endpoints = [{ host: 'redis.internal', port: 6379 }];
    const known = new Map<string, readonly string[]>();
    const lookup = async (): Promise<string[]> => ['10.0.0.8', '10.0.0.9'];
    const denied = [
      { range: '10.0.0.8/32', port: 6379 },
      { range: '10.0.0.9/32', port: 6379 },
    ];
    expect(await deniedEndpoints(endpoints, lookup, known)).toEqual(denied);
    const failing = (): Promise<never> => Promise.reject(new Error('EAI_AGAIN'));
    expect(await deniedEndpoints(endpoints, failing, known)).toEqual(denied);
    expect(await deniedEndpoints(endpoints, failing, new Map())).toEqual([]);
  });
});
