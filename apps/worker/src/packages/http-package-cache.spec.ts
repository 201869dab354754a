import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManagementFiles } from '../../../../test/support/doubles/management-files.js';
import { makeTempFolder } from '../../../../test/support/temp-folder.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { zipOf } from '../../../../test/support/zip-of.js';
import { FileUrls } from './file-urls.js';
import { HttpPackageCache } from './http-package-cache.js';
import { PackageUnavailableError } from './package-cache.js';
import { removeLocked } from './package-folder.js';

Logger.overrideLogger(false);
// Retries wait; and a busy machine is slow.
jest.setTimeout(60_000);

const app = { 'host.json': '{"version":"2.0"}', 'lib/index.js': 'module.exports = 1;' };
const DAY_SECONDS = 86_400;

let management: ManagementFiles;
let folder: string;
let cache: HttpPackageCache;

beforeEach(async () => {
  management = await ManagementFiles.start();
  folder = await makeTempFolder('packages');
  cache = newLife();
  await cache.open();
});

afterEach(async () => {
  await management.stop();
  await removeLocked(folder);
});

function newLife(maxBytes = 1_000_000): HttpPackageCache {
  return new HttpPackageCache(new FileUrls(management.url, management.workerKey), { folder, maxBytes });
}

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

/** A zip of one entry whose name is exchanged for another of the same length, as no zip program would write it. */
async function zipWithName(name: string): Promise<Buffer> {
  const honest = 'x'.repeat(name.length);
  const bytes = (await zipOf({ [honest]: 'content' })).toString('latin1');
  return Buffer.from(bytes.replaceAll(honest, name), 'latin1');
}

describe('HttpPackageCache', () => {
  it('unpacks a package once, read-only and for everybody to read', async () => {
    const digest = management.add(await zipOf(app));
    const found = await Promise.all([cache.folderOf(digest), cache.folderOf(digest), cache.folderOf(digest)]);
    expect(new Set(found)).toEqual(new Set([join(folder, digest)]));
    expect(await readFile(join(folder, digest, 'lib', 'index.js'), 'utf8')).toBe(app['lib/index.js']);
    expect(await modeOf(join(folder, digest))).toBe('555');
    expect(await modeOf(join(folder, digest, 'lib'))).toBe('555');
    expect(await modeOf(join(folder, digest, 'host.json'))).toBe('444');
    expect(management.requests).toEqual(['URL', 'GET']);
    expect(await readdir(folder)).toEqual([digest]);
  });

  it('finds it again in its next life, without management', async () => {
    const digest = management.add(await zipOf(app));
    await cache.folderOf(digest);
    await newLife().folderOf(digest);
    expect(management.requests).toEqual(['URL', 'GET']);
  });

  it('fetches it again when somebody has removed it', async () => {
    const digest = management.add(await zipOf(app));
    await removeLocked(await cache.folderOf(digest));
    expect(await readdir(await cache.folderOf(digest))).toContain('host.json');
  });

  it('tries again what went wrong on the way: a broken connection, a server’s error, a wrong byte', async () => {
    const digest = management.add(await zipOf(app));
    management.faults.push({ breakAfterBytes: 20 }, { status: 502 }, 'flipByte');
    expect(await readdir(await cache.folderOf(digest))).toContain('host.json');
    expect(await readdir(folder)).toEqual([digest]);
  });

  it('gives up after some tries, leaves nothing, and tries anew when asked again', async () => {
    const digest = management.add(await zipOf(app));
    management.faults.push({ status: 500 }, { status: 500 }, 'flipByte', 'flipByte');
    const failure = cache.folderOf(digest);
    await expect(failure).rejects.toThrow(PackageUnavailableError);
    await expect(failure).rejects.toThrow('its content has the digest');
    expect(await readdir(folder)).toEqual([]);
    await cache.folderOf(digest);
  });

  it.each(['../evil.txt', '/tmp/evil.txt', 'a\\..\\evil.txt', 'lib/../../evil'])(
    'refuses a package with an entry %s, and leaves nothing of it',
    async (name) => {
      const digest = management.add(await zipWithName(name));
      await expect(cache.folderOf(digest)).rejects.toThrow(PackageUnavailableError);
      expect(await readdir(folder)).toEqual([]);
      expect(management.requests).toEqual(['URL', 'GET']);
    },
  );

  it('refuses a link', async () => {
    const zip = await zipOf({ 'link.txt': '/etc/passwd' });
    const directory = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
    zip.writeUInt32LE(0o120777 * 0x10000, directory + 38);
    await expect(cache.folderOf(management.add(zip))).rejects.toThrow('no plain file');
  });

  it('refuses what unpacks to more than the cache may hold', async () => {
    const digest = management.add(await zipOf({ 'zeros.bin': Buffer.alloc(2_000_000) }));
    await expect(cache.folderOf(digest)).rejects.toThrow('unpacks to more than 1000000 bytes');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['../elsewhere', 'ABC', ''])('takes "%s" for no digest', async (digest) => {
    await expect(cache.folderOf(digest)).rejects.toThrow('is no digest');
    expect(management.requests).toEqual([]);
  });

  it('removes what an earlier life left half done', async () => {
    await mkdir(join(folder, 'incoming-1', 'lib'), { recursive: true });
    await writeFile(join(folder, 'incoming-1.zip'), 'half');
    await mkdir(join(folder, 'outgoing-2'));
    await newLife().open();
    expect(await readdir(folder)).toEqual([]);
  });

  it('makes room by removing what was used longest ago, and nothing that is held', async () => {
    const sized = async (letter: string): Promise<string> =>
      management.add(await zipOf({ 'data.txt': letter.repeat(400) }));
    const [held, old, older, fresh] = await Promise.all(['a', 'b', 'c', 'd'].map(sized));
    const small = newLife(1000);
    const holding = await small.hold(held as string);
    for (const [digest, days] of [
      [older, 3],
      [old, 2],
    ] as const)
      await unpackedDaysAgo(digest as string, days);
    await unpackedDaysAgo(held as string, 9, false);
    await small.folderOf(fresh as string);
    expect((await readdir(folder)).toSorted()).toEqual([held, fresh].toSorted());
    holding.release();
    holding.release();
    await unpackedDaysAgo(held as string, 9, false);
    await unpackedDaysAgo(fresh as string, 1, false);
    await small.folderOf(old as string);
    expect((await readdir(folder)).toSorted()).toEqual([fresh, old].toSorted());
  });

  async function unpackedDaysAgo(digest: string, days: number, unpacks = true): Promise<void> {
    const path = unpacks ? await cache.folderOf(digest) : join(folder, digest);
    const time = Date.now() / 1000 - days * DAY_SECONDS;
    await utimes(path, time, time);
  }

  it('has no package under its digest before it is whole', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_unused, index) => [`lib/${index}.js`, 'x'.repeat(1000)]),
    );
    const digest = management.add(await zipOf(files));
    const done = cache.folderOf(digest);
    await waitFor(async () => (await readdir(folder)).some((name) => /^incoming-[^.]*$/.test(name)), {
      timeoutMs: 30_000,
      intervalMs: 1,
    });
    expect(await readdir(folder)).not.toContain(digest);
    expect(await readdir(join(await done, 'lib'))).toHaveLength(300);
  });
});
