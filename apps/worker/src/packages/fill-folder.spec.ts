import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, removeFolder } from '../../../../test/support/temp-folder.js';
import { fillFolder } from './fill-folder.js';
import { removeLocked } from './package-folder.js';

describe('fillFolder', () => {
  let folder: string;
  let from: string;
  let to: string;

  beforeEach(async () => {
    folder = await makeTempFolder('fill');
    [from, to] = [join(folder, 'package'), join(folder, 'code')];
    await mkdir(join(from, 'lib', 'deep'), { recursive: true });
    await writeFile(join(from, 'host.json'), '{}');
    await writeFile(join(from, 'lib', 'deep', 'run.sh'), 'echo', { mode: 0o555 });
    await mkdir(to);
  });

  afterEach(async () => {
    await removeLocked(to);
    await removeFolder(folder);
  });

  it('gives the same files under a second name', async () => {
    await fillFolder(from, to);
    expect((await readdir(to, { recursive: true })).sort()).toEqual(
      (await readdir(from, { recursive: true })).sort(),
    );
    expect(await readFile(join(to, 'host.json'), 'utf8')).toBe('{}');
    const [one, other] = await Promise.all([from, to].map((top) => stat(join(top, 'lib', 'deep', 'run.sh'))));
    expect(other?.mode).toBe(one?.mode);
    expect(other?.ino).toBe(one?.ino);
  });

  it('takes away the right to add files', async () => {
    await fillFolder(from, to);
    for (const one of [to, join(to, 'lib'), join(to, 'lib', 'deep')]) {
      expect((await stat(one)).mode & 0o777).toBe(0o555);
    }
  });

  it('leaves the package whole when the folder is removed', async () => {
    await fillFolder(from, to);
    await removeLocked(to);
    expect(await readFile(join(from, 'lib', 'deep', 'run.sh'), 'utf8')).toBe('echo');
    await mkdir(to);
  });

  it('fails when the package is gone', async () => {
    await chmod(to, 0o555);
    await expect(fillFolder(join(folder, 'not-there'), to)).rejects.toThrow('ENOENT');
  });
});
