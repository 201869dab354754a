import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import { compileEngineSettings, ENGINE_SETTINGS } from './engine-settings.js';

const schema = z.object(ENGINE_SETTINGS);
const folder = join('/', 'certificates');
const files: Readonly<Record<string, string>> = {
  [join(folder, 'ca.pem')]: 'the CA',
  [join(folder, 'cert.pem')]: 'the certificate',
  [join(folder, 'key.pem')]: 'the key',
};

function compile(values: Record<string, unknown>): ReturnType<typeof compileEngineSettings> {
  return compileEngineSettings(schema.parse(values), (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  });
}

function problemsOf(values: Record<string, unknown>): readonly string[] {
  try {
    compile(values);
    return [];
  } catch (error) {
    return (error as InvalidInputError).details;
  }
}

describe('the settings of the engine', () => {
  it('are those of the machine’s own engine by default', () => {
    expect(compile({}).engineTls).toBeUndefined();
    expect(compile({ dockerHost: 'tcp://engine:2375' }).engineTls).toBeUndefined();
  });

  it('take the usual files from a folder', () => {
    expect(compile({ dockerHost: 'tcp://engine:2376', dockerCertPath: folder }).engineTls).toEqual({
      ca: 'the CA',
      cert: 'the certificate',
      key: 'the key',
    });
  });

  it('take single files', () => {
    const values = { dockerHost: 'tcp://engine', dockerCaFile: join(folder, 'ca.pem') };
    expect(compile(values).engineTls).toEqual({ ca: 'the CA', cert: undefined, key: undefined });
  });

  it('trust the usual authorities when only TLS is asked for', () => {
    const { engineTls } = compile({ dockerHost: 'tcp://engine', dockerTlsVerify: '1' });
    expect(engineTls).toEqual({ ca: undefined, cert: undefined, key: undefined });
  });

  it('leave sockets and pipes without TLS', () => {
    const values = { dockerHost: 'npipe:////./pipe/docker_engine', dockerTlsVerify: true };
    expect(compile(values).engineTls).toBeUndefined();
  });

  it('name what can not be read and what is missing', () => {
    const dockerHost = 'tcp://engine';
    expect(problemsOf({ dockerHost, dockerCaFile: '/nowhere/ca.pem' })).toEqual([
      'dockerCaFile: /nowhere/ca.pem can not be read (ENOENT).',
    ]);
    expect(problemsOf({ dockerHost, dockerKeyFile: join(folder, 'key.pem') })).toEqual([
      'dockerCertFile and dockerKeyFile belong together: set both, or neither.',
    ]);
    expect(problemsOf({ dockerHost, dockerCertPath: '/nowhere' })).toHaveLength(3);
  });

  it('refuse an address that is none', () => {
    expect(schema.safeParse({ dockerHost: '/var/run/docker.sock' }).success).toBe(false);
    expect(schema.safeParse({ containerImage: '--privileged' }).success).toBe(false);
  });

  it.each([
    ['/nightjar', true],
    ['/machine/nightjar.slice', true],
    ['nightjar.slice', true],
    ['nightjar', false],
    ['/', false],
    ['/../system', false],
    ['a b.slice', false],
  ])('take a control group by its form: %s', (containerCgroupParent, isGood) => {
    const { success } = z.object(ENGINE_SETTINGS).safeParse({ containerCgroupParent });
    expect(success).toBe(isGood);
  });
});
