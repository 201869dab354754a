import { describe, expect, it } from '@jest/globals';
import { entryPath, isExecutable, UnsafePackageError } from './entry-path.js';

const entry = (fileName: string, mode = 0o100644): Parameters<typeof entryPath>[0] => ({
  fileName,
  externalFileAttributes: mode * 0x10000,
});

describe('entryPath', () => {
  it.each([
    ['host.json', '/app/host.json'],
    ['./host.json', '/app/host.json'],
    ['lib/', '/app/lib'],
    ['lib/..name/x', '/app/lib/..name/x'],
  ])('puts %s at %s', (name, path) => {
    expect(entryPath(entry(name), '/app', 'linux')).toBe(path);
  });

  it.each(['../x', 'lib/../../x', 'lib/../x', '/etc/passwd', 'a\\..\\x', 'a\0b', '..'])(
    'refuses %j',
    (name) => {
      expect(() => entryPath(entry(name), '/app', 'linux')).toThrow(UnsafePackageError);
    },
  );

  it.each(['C:x', 'file.txt:stream'])('refuses %s on Windows', (name) => {
    expect(() => entryPath(entry(name), '/app', 'win32')).toThrow('colon');
    expect(entryPath(entry(name), '/app', 'linux')).toBe(`/app/${name}`);
  });

  it.each([
    ['host.json', 'C:\\cache\\app\\host.json'],
    ['lib/deep/index.js', 'C:\\cache\\app\\lib\\deep\\index.js'],
    ['./lib/', 'C:\\cache\\app\\lib\\'],
    ['console/contact.js', 'C:\\cache\\app\\console\\contact.js'],
  ])('puts %s at %s on Windows', (name, path) => {
    expect(entryPath(entry(name), 'C:\\cache\\app', 'win32')).toBe(path.replace(/\\$/, ''));
  });

  it.each(['nul', 'lib/CON.js', 'com1', 'a./b', 'a /b', 'what?.js'])('refuses %s on Windows', (name) => {
    expect(() => entryPath(entry(name), 'C:\\cache', 'win32')).toThrow('Windows can not have');
    expect(entryPath(entry(name), '/app', 'linux')).toBe(`/app/${name}`);
  });

  it('refuses what leads out of a folder on Windows', () => {
    expect(() => entryPath(entry('../x'), 'C:\\cache\\app', 'win32')).toThrow(UnsafePackageError);
  });

  it.each([
    ['a link', 0o120777],
    ['a device', 0o060600],
    ['a socket', 0o140755],
  ])('refuses %s', (_what, mode) => {
    expect(() => entryPath(entry('x', mode), '/app', 'linux')).toThrow('no plain file');
  });

  it('takes entries of systems without modes', () => {
    expect(entryPath({ fileName: 'x', externalFileAttributes: 0x20 }, '/app', 'linux')).toBe('/app/x');
  });
});

describe('isExecutable', () => {
  it('reads Unix’ mode', () => {
    expect(isExecutable(entry('x', 0o100755))).toBe(true);
    expect(isExecutable(entry('x'))).toBe(false);
  });
});
