import { describe, expect, it } from '@jest/globals';
import { packagesAreCurrent } from './packages-current.mjs';

const wanted = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/kysely': { version: '0.29.9', integrity: 'sha512-a' },
    'node_modules/@esbuild/aix-ppc64': { version: '0.28.2', integrity: 'sha512-b', optional: true },
  },
};

describe('packagesAreCurrent', () => {
  it('is content when everything is there, but for what is meant for other platforms', () => {
    const installed = { packages: { 'node_modules/kysely': { version: '0.29.9', integrity: 'sha512-a' } } };
    expect(packagesAreCurrent(wanted, installed)).toBe(true);
  });

  it.each([
    ['nothing is installed', undefined],
    ['an installation broke off', {}],
    ['a package is missing', { packages: {} }],
    [
      'a version is another',
      { packages: { 'node_modules/kysely': { version: '0.29.8', integrity: 'sha512-a' } } },
    ],
    [
      'contents are others',
      { packages: { 'node_modules/kysely': { version: '0.29.9', integrity: 'sha512-x' } } },
    ],
  ])('is not when %s', (_, installed) => {
    expect(packagesAreCurrent(wanted, installed)).toBe(false);
  });
});
