import { describe, expect, it } from '@jest/globals';
import { isShipped, productionPlaces, shippedManifest } from './package-contents.mjs';

describe('productionPlaces', () => {
  it('are those of packages that are no tools', () => {
    const packages = {
      '': {},
      'node_modules/b': {},
      'node_modules/a/node_modules/c': {},
      'node_modules/tool': { dev: true },
    };
    expect(productionPlaces(packages)).toEqual(['node_modules/a/node_modules/c', 'node_modules/b']);
  });
});

describe('shippedManifest', () => {
  it('finds the library where it is compiled, and has no tools', () => {
    const shipped = shippedManifest({
      name: 'nightjar',
      version: '1.2.3',
      type: 'module',
      imports: { '#shared/*.js': { types: './libs/*.ts', default: './dist/libs/*.js' } },
      scripts: { test: 'x' },
      dependencies: { zod: '1' },
      devDependencies: { jest: '1' },
    });
    expect(shipped.imports).toEqual({ '#shared/*.js': './dist/libs/*.js' });
    expect(shipped).toMatchObject({ version: '1.2.3', dependencies: { zod: '1' } });
    expect(shipped).not.toHaveProperty('devDependencies');
    expect(shipped).not.toHaveProperty('scripts');
  });
});

describe('isShipped', () => {
  it.each([
    ['dist/apps/worker/src/main.js', true],
    ['dist/libs/shared/src/domain/ids.js', true],
    ['dist/language-worker/language-worker.cjs', true],
    ['deploy/systemd/nightjar-worker.service', true],
    ['dist/test/support/stack.js', false],
    ['dist/build-stamp', false],
    ['dist/build.tsbuildinfo', false],
    ['dist/nightjar-0.1.0.tgz', false],
  ])('of %s is %s', (path, expected) => {
    expect(isShipped(path)).toBe(expected);
  });
});
