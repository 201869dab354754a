import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { text } from 'node:stream/consumers';
import { imageArchive } from './image-archive.js';
import { imageContents, type ImageFile } from './image-contents.js';
import { imageDigest } from './image-digest.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightjar-image-'));
  await mkdir(join(folder, 'lib'));
  await writeFile(join(folder, 'main.mjs'), 'run();');
  await writeFile(join(folder, 'lib', 'part.mjs'), 'export {};');
});

afterEach(() => rm(folder, { recursive: true }));

const files = (): ImageFile[] => [
  {
    target: '/nightjar/language-worker/main.mjs',
    source: { path: join(folder, 'main.mjs') },
    executable: false,
  },
  { target: '/etc/passwd', source: { text: 'app' }, executable: false },
];

async function unpack(archive: NodeJS.ReadableStream): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  const tar = extract();
  archive.pipe(tar);
  for await (const entry of tar) {
    entries[`${entry.header.type} ${entry.header.name} ${entry.header.mode?.toString(8)}`] =
      await text(entry);
  }
  return entries;
}

describe('imageArchive', () => {
  it('holds folders before files, and a /tmp for everybody', async () => {
    expect(await unpack(imageArchive(files()))).toEqual({
      'directory home 755': '',
      'directory home/site 755': '',
      'directory home/site/wwwroot 755': '',
      'directory tmp 1777': '',
      'directory etc/ssl 755': '',
      'directory etc/ssl/certs 755': '',
      'directory nightjar 755': '',
      'directory nightjar/language-worker 755': '',
      'directory etc 755': '',
      'file nightjar/language-worker/main.mjs 644': 'run();',
      'file etc/passwd 644': 'app',
    });
  });

  it('fails with the file that can not be read', async () => {
    const missing: ImageFile = { target: '/x', source: { path: join(folder, 'none') }, executable: false };
    await expect(text(imageArchive([missing]))).rejects.toThrow('ENOENT');
  });
});

describe('imageContents', () => {
  it('is Node, its libraries and the whole language worker', async () => {
    const languageWorker = { folder, entry: 'main.mjs' };
    const targets = (await imageContents({ nodePath: process.execPath, languageWorker })).map(
      ({ target }) => target,
    );
    expect(targets).toEqual(targets.toSorted());
    expect(targets).toEqual(
      expect.arrayContaining([
        '/usr/local/bin/node',
        '/nightjar/language-worker/main.mjs',
        '/nightjar/language-worker/lib/part.mjs',
        '/etc/passwd',
      ]),
    );
    expect(targets.some((target) => target.includes('libc'))).toBe(true);
  });

  it('says when there is no language worker', async () => {
    const languageWorker = { folder, entry: 'other.mjs' };
    await expect(imageContents({ nodePath: process.execPath, languageWorker })).rejects.toThrow('other.mjs');
  });
});

describe('imageDigest', () => {
  it('changes with contents and places, and with nothing else', async () => {
    const digest = await imageDigest(files());
    expect(await imageDigest(files())).toBe(digest);
    const moved = files().map((file) => ({ ...file, target: `${file.target}2` }));
    expect(await imageDigest(moved)).not.toBe(digest);
    await writeFile(join(folder, 'main.mjs'), 'walk();');
    expect(await imageDigest(files())).not.toBe(digest);
  });
});
