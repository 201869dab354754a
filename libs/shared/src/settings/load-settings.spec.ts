import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import { loadSettings, redact, type SettingsForm } from '#shared/settings/load-settings.js';

const shape = {
  redisUrl: z.url().default('redis://127.0.0.1:6379'),
  maxPackageBytes: z.coerce.number().int().min(1).default(1000),
  workerKey: z.string().optional(),
};
const form: SettingsForm<typeof shape> = {
  schema: z.object(shape),
  standardVariables: { redisUrl: 'REDIS_URL' },
  secrets: ['workerKey'],
};

describe('loadSettings', () => {
  let folder: string;
  const file = (): string => join(folder, 'nightjar.config.yaml');
  const load = (argv: string[], env: Record<string, string> = {}) =>
    loadSettings(form, { argv, env, configFile: file() });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('takes a flag before the environment, that before the file, that before the default', () => {
    expect(load([]).maxPackageBytes).toBe(1000);
    writeFileSync(file(), 'maxPackageBytes: 2000\nsomethingOfTheOtherRole: 1\n');
    expect(load([]).maxPackageBytes).toBe(2000);
    expect(load([], { NIGHTJAR_MAX_PACKAGE_BYTES: '3000' }).maxPackageBytes).toBe(3000);
    expect(
      load(['--max-package-bytes', '4000'], { NIGHTJAR_MAX_PACKAGE_BYTES: '3000' }).maxPackageBytes,
    ).toBe(4000);
  });

  it('knows the standard variables by their own names', () => {
    expect(load([], { REDIS_URL: 'redis://elsewhere:1' }).redisUrl).toBe('redis://elsewhere:1');
  });

  it('names the setting, its flag and its variable when a value is wrong', () => {
    const attempt = () => load(['--max-package-bytes', 'many']);
    expect(attempt).toThrow(InvalidInputError);
    try {
      attempt();
    } catch (error) {
      expect((error as InvalidInputError).details[0]).toMatch(
        /^maxPackageBytes \(--max-package-bytes, NIGHTJAR_MAX_PACKAGE_BYTES\): /,
      );
    }
  });

  it('refuses a flag that it does not know', () => {
    expect(() => load(['--max-pakage-bytes', '1'])).toThrow(/max-pakage-bytes/);
  });

  it('reads a secret from a file, and refuses it from two places', () => {
    const secret = join(folder, 'key');
    writeFileSync(secret, 's3cret\n');
    expect(load([], { NIGHTJAR_WORKER_KEY_FILE: secret }).workerKey).toBe('s3cret');
    expect(() => load([], { NIGHTJAR_WORKER_KEY_FILE: secret, NIGHTJAR_WORKER_KEY: 'x' })).toThrow(
      /NIGHTJAR_WORKER_KEY and NIGHTJAR_WORKER_KEY_FILE/,
    );
  });

  it('prints neither secrets nor the passwords of URLs', () => {
    const settings = load([], { REDIS_URL: 'redis://user:hidden@host:1', NIGHTJAR_WORKER_KEY: 's3cret' });
    expect(JSON.stringify(redact(form, settings))).not.toMatch(/hidden|s3cret/);
  });

  it('answers a frozen object', () => {
    expect(Object.isFrozen(load([]))).toBe(true);
  });
});
