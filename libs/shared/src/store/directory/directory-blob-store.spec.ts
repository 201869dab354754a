import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NotFoundError, TooLargeError } from '#shared/domain/errors.js';
import { DirectoryBlobStore } from '#shared/store/directory/directory-blob-store.js';

const LIMIT = { bytes: 1_000_000, what: 'package', setting: 'PACKAGE_LIMIT_BYTES' };
const CONTENT = Buffer.from('one night in November');
const DIGEST = createHash('sha256').update(CONTENT).digest('hex');

let root: string;
let blobs: DirectoryBlobStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nightjar-blobs-'));
  blobs = new DirectoryBlobStore(root);
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function files(): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

async function* failing(): AsyncGenerator<Buffer> {
  yield CONTENT;
  throw new Error('the client went away');
}

describe('DirectoryBlobStore', () => {
  it('names a stream by the digest of its content and gives it back', async () => {
    const blob = await blobs.put(Readable.from([CONTENT.subarray(0, 5), CONTENT.subarray(5)]), LIMIT);
    expect(blob).toEqual({ digest: DIGEST, sizeBytes: CONTENT.length });
    expect(await buffer(await blobs.open(DIGEST))).toEqual(CONTENT);
    expect(await blobs.sizeBytes(DIGEST)).toBe(CONTENT.length);
    expect(await readFile(await blobs.localPath(DIGEST))).toEqual(CONTENT);
  });

  it('stores an empty stream', async () => {
    const blob = await blobs.put(Readable.from([]), LIMIT);
    expect(blob.sizeBytes).toBe(0);
    expect(await buffer(await blobs.open(blob.digest))).toHaveLength(0);
  });

  it('keeps the same content once, also when several store it at the same time', async () => {
    const stored = await Promise.all(
      Array.from({ length: 8 }, () => blobs.put(Readable.from([CONTENT]), LIMIT)),
    );
    expect(new Set(stored.map((blob) => blob.digest))).toEqual(new Set([DIGEST]));
    expect(await files()).toEqual([DIGEST]);
  });

  it('reads a range: the first byte and the byte after the last', async () => {
    await blobs.put(Readable.from([CONTENT]), LIMIT);
    expect(String(await buffer(await blobs.open(DIGEST, { start: 4, end: 9 })))).toBe('night');
    expect(await buffer(await blobs.open(DIGEST, { start: 4, end: 4 }))).toHaveLength(0);
  });

  it('refuses a stream over the limit, stops reading it and keeps nothing of it', async () => {
    const content = Readable.from([CONTENT, CONTENT, CONTENT]);
    const stored = blobs.put(content, { ...LIMIT, bytes: CONTENT.length + 1 });
    await expect(stored).rejects.toThrow(TooLargeError);
    expect(content.destroyed).toBe(true);
    expect(await files()).toEqual([]);
  });

  it('takes a stream that is exactly as long as the limit', async () => {
    await expect(
      blobs.put(Readable.from([CONTENT]), { ...LIMIT, bytes: CONTENT.length }),
    ).resolves.toMatchObject({ digest: DIGEST });
  });

  it('keeps nothing of a stream that fails', async () => {
    await expect(blobs.put(Readable.from(failing()), LIMIT)).rejects.toThrow('the client went away');
    expect(await files()).toEqual([]);
  });

  it('removes what processes that died left unfinished a day ago, and nothing younger', async () => {
    const unfinished = join(root, 'unfinished');
    await mkdir(unfinished);
    await writeFile(join(unfinished, 'old'), 'x');
    await writeFile(join(unfinished, 'young'), 'x');
    const twoDaysAgo = new Date(Date.now() - 48 * 3600 * 1000);
    await utimes(join(unfinished, 'old'), twoDaysAgo, twoDaysAgo);
    await blobs.put(Readable.from([CONTENT]), LIMIT);
    expect((await files()).sort()).toEqual([DIGEST, 'young'].sort());
  });

  describe('removing', () => {
    const age = async (seconds: number): Promise<void> => {
      const then = new Date(Date.now() - seconds * 1000);
      await utimes(await blobs.localPath(DIGEST), then, then);
    };

    it('removes a blob that nobody has used for so long, and only that', async () => {
      await blobs.put(Readable.from([CONTENT]), LIMIT);
      expect(await blobs.removeUnused(DIGEST, 60)).toBe(false);
      await age(120);
      expect(await blobs.removeUnused(DIGEST, 60)).toBe(true);
      expect(await blobs.sizeBytes(DIGEST)).toBeNull();
      expect(await files()).toEqual([]);
      expect(await blobs.removeUnused(DIGEST, 60)).toBe(true);
      expect(await blobs.removeUnused('../../etc/passwd', 0)).toBe(true);
    });

    it('leaves one that was touched, or stored again', async () => {
      await blobs.put(Readable.from([CONTENT]), LIMIT);
      await age(120);
      expect(await blobs.touch(DIGEST)).toBe(CONTENT.length);
      expect(await blobs.removeUnused(DIGEST, 60)).toBe(false);
      await age(120);
      await blobs.put(Readable.from([CONTENT]), LIMIT);
      expect(await blobs.removeUnused(DIGEST, 60)).toBe(false);
      expect(await buffer(await blobs.open(DIGEST))).toEqual(CONTENT);
      expect(await blobs.touch('0'.repeat(64))).toBeNull();
      expect(await blobs.touch('../../etc/passwd')).toBeNull();
    });

    it('loses nothing when somebody stores the same content in the same moment', async () => {
      for (let round = 0; round < 20; round += 1) {
        await blobs.put(Readable.from([CONTENT]), LIMIT);
        await age(120);
        await Promise.all([blobs.removeUnused(DIGEST, 60), blobs.put(Readable.from([CONTENT]), LIMIT)]);
        expect(await blobs.sizeBytes(DIGEST)).toBe(CONTENT.length);
      }
    });
  });

  it.each(['0'.repeat(64), '../../etc/passwd', DIGEST.toUpperCase(), ''])(
    'knows no blob "%s"',
    async (digest) => {
      await blobs.put(Readable.from([CONTENT]), LIMIT);
      expect(await blobs.sizeBytes(digest)).toBeNull();
      await expect(blobs.open(digest)).rejects.toThrow(NotFoundError);
      await expect(blobs.localPath(digest)).rejects.toThrow(NotFoundError);
    },
  );
});
