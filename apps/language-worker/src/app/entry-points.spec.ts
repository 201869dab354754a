import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findEntryPoints } from './entry-points.js';

const FILES = ['index.js', 'src/index.js', 'src/functions/b.js', 'src/functions/a.js', 'src/functions/c.mjs'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightjar-entry-points-'));
  for (const file of FILES) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('the entry points of an app', () => {
  it.each([
    ['index.js', ['index.js']],
    ['./index.js', ['index.js']],
    ['src\\index.js', ['src/index.js']],
    ['src/functions/*.js', ['src/functions/a.js', 'src/functions/b.js']],
    ['src/{index.js,functions/*.js}', ['src/index.js', 'src/functions/a.js', 'src/functions/b.js']],
    [
      'src/**/*.{js,mjs}',
      ['src/index.js', 'src/functions/a.js', 'src/functions/b.js', 'src/functions/c.mjs'],
    ],
    ['src/*', ['src/index.js']],
  ])('%s', async (main, files) => {
    expect(await findEntryPoints(folder, main)).toEqual(files);
  });

  it.each(['other.js', 'src', 'src/*.ts'])('are missing for %s', async (main) => {
    await expect(findEntryPoints(folder, main)).rejects.toThrow('"main" in package.json');
  });
});
