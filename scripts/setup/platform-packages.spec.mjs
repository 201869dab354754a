import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { packagesRefusing, packagesWithScripts } from './platform-packages.mjs';
import { inRepository } from './repository.mjs';

const windows = { os: 'win32', cpu: 'x64' };

describe('packagesRefusing', () => {
  it('finds what a platform can not have', () => {
    const packages = {
      '': {},
      'node_modules/anywhere': {},
      'node_modules/linux-only': { os: ['linux'] },
      'node_modules/no-windows': { os: ['!win32'] },
      'node_modules/no-mac': { os: ['!darwin'] },
      'node_modules/arm-only': { cpu: ['arm64'] },
      'node_modules/tools': { os: ['linux'], dev: true },
      'node_modules/a/node_modules/faster': { os: ['linux'], optional: true },
    };
    expect(packagesRefusing(packages, windows)).toEqual([
      'node_modules/linux-only',
      'node_modules/no-windows',
      'node_modules/arm-only',
    ]);
  });
});

describe('packagesWithScripts', () => {
  it('names each package once', () => {
    const packages = {
      'node_modules/@scope/a': { hasInstallScript: true },
      'node_modules/b/node_modules/@scope/a': { hasInstallScript: true },
      'node_modules/c': { hasInstallScript: true, dev: true },
    };
    expect(packagesWithScripts(packages)).toEqual(['@scope/a']);
  });
});

describe('the packages that Nightjar ships with', () => {
  const { packages } = JSON.parse(readFileSync(inRepository('package-lock.json'), 'utf8'));

  it.each([
    ['win32', 'x64'],
    ['linux', 'x64'],
    ['linux', 'arm64'],
  ])('can be installed on %s %s', (os, cpu) => {
    expect(packagesRefusing(packages, { os, cpu })).toEqual([]);
  });

  it('need no compiler', () => {
    // Known to work without their scripts: a notice (protobufjs), statistics (scarf), a faster cipher if it can be built (ssh2),
    // prebuilt for each platform and only looked for by the script (koffi).
    const known = ['@scarf/scarf', 'koffi', 'protobufjs', 'ssh2'];
    expect(packagesWithScripts(packages).filter((name) => !known.includes(name))).toEqual([]);
  });
});
