import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InvalidSettingsError, readCliSettings } from './config.js';

describe('readCliSettings', () => {
  it('looks for management on this machine, without a key', () => {
    expect(readCliSettings({})).toEqual({ managementUrl: 'http://127.0.0.1:7070', adminKey: undefined });
  });

  it('reads a key from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightjar-key-'));
    const file = join(folder, 'key');
    writeFileSync(file, 'secret\n');
    expect(readCliSettings({ NIGHTJAR_ADMIN_KEY_FILE: file }).adminKey).toBe('secret');
    rmSync(folder, { recursive: true });
  });

  it.each([
    [{ NIGHTJAR_URL: 'ftp://host' }, /NIGHTJAR_URL/],
    [{ NIGHTJAR_URL: '127.0.0.1:7070' }, /NIGHTJAR_URL/],
    [
      { NIGHTJAR_ADMIN_KEY: 'a', NIGHTJAR_ADMIN_KEY_FILE: 'b' },
      /NIGHTJAR_ADMIN_KEY and NIGHTJAR_ADMIN_KEY_FILE/,
    ],
    [{ NIGHTJAR_ADMIN_KEY_FILE: '/nowhere/key' }, /NIGHTJAR_ADMIN_KEY_FILE can't be read/],
  ])('refuses %j, naming the setting', (environment, message) => {
    expect(() => readCliSettings(environment)).toThrow(InvalidSettingsError);
    expect(() => readCliSettings(environment)).toThrow(message);
  });
});
