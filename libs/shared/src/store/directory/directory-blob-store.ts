import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { NotFoundError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import { BlobStore, type ByteRange, type StoredBlob } from '../blob-store.js';
import { copyToFile } from './copy-to-file.js';

const DIGEST = /^[0-9a-f]{64}$/;
const UNFINISHED_FOLDER = 'unfinished';

/** No upload takes a day: an unfinished file that old belongs to a process that died. */
const LEFTOVER_AGE_MS = 24 * 3600 * 1000;

type Limit = Parameters<BlobStore['put']>[1];

/**
 * Blobs as files of a directory or file share, `ab/cd/abcd…` by digest, so that no folder grows past what a file system likes.
 * A file appears under its name complete and synced, by a rename: readers need no lock, and several writers of the same content
 * do no harm to each other.
 */
export class DirectoryBlobStore extends BlobStore {
  private leftoversRemoved: Promise<void> | null = null;

  constructor(private readonly root: string) {
    super();
  }

  async put(content: Readable, limit: Limit): Promise<StoredBlob> {
    const unfinished = join(this.root, UNFINISHED_FOLDER);
    await mkdir(unfinished, { recursive: true });
    await (this.leftoversRemoved ??= removeLeftovers(unfinished));
    const path = join(unfinished, newId());
    try {
      const blob = await writeSynced(path, content, limit);
      await this.adopt(path, blob);
      return blob;
    } finally {
      // Gone already when it was adopted.
      await rm(path, { force: true });
    }
  }

  async open(digest: string, range?: ByteRange): Promise<Readable> {
    const path = await this.localPath(digest);
    // `end` of a read stream is inclusive; nothing is asked for when both are the same.
    if (range && range.end <= range.start) return Readable.from([]);
    const stream = createReadStream(path, range && { start: range.start, end: range.end - 1 });
    return new Promise((resolve, reject) => {
      stream.once('open', () => resolve(stream)).once('error', reject);
    });
  }

  async sizeBytes(digest: string): Promise<number | null> {
    if (!DIGEST.test(digest)) return null;
    try {
      return (await stat(this.pathOf(digest))).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async touch(digest: string): Promise<number | null> {
    if (!DIGEST.test(digest)) return null;
    try {
      const now = new Date();
      await utimes(this.pathOf(digest), now, now);
      return await this.sizeBytes(digest);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async removeUnused(digest: string, unusedForSeconds: number): Promise<boolean> {
    if (!DIGEST.test(digest)) return true;
    const path = this.pathOf(digest);
    // Taken away first and looked at then: who stores the same content in this moment finds none, and stores its own.
    const aside = join(this.root, UNFINISHED_FOLDER, newId());
    try {
      if (!(await isOlder(path, unusedForSeconds))) return false;
      await mkdir(join(this.root, UNFINISHED_FOLDER), { recursive: true });
      await rename(path, aside);
    } catch (error) {
      if (isMissing(error)) return true;
      throw error;
    }
    if (await isOlder(aside, unusedForSeconds)) {
      await rm(aside, { force: true });
      return true;
    }
    await rename(aside, path);
    return false;
  }

  async localPath(digest: string): Promise<string> {
    if ((await this.sizeBytes(digest)) === null) throw new NotFoundError('blob', digest);
    return this.pathOf(digest);
  }

  /** Gives the finished file its name, unless the same content has it already. */
  private async adopt(path: string, blob: StoredBlob): Promise<void> {
    if ((await this.isStored(blob)) && (await this.touch(blob.digest)) !== null) return;
    const folder = this.folderOf(blob.digest);
    await mkdir(folder, { recursive: true });
    try {
      await rename(path, this.pathOf(blob.digest));
    } catch (error) {
      // Windows lets nobody replace a file that another one has just stored and is reading.
      if (!(await this.isStored(blob))) throw error;
    }
    await syncFolder(folder);
  }

  /** A file of another length is what a crash of the machine left: it is replaced. */
  private async isStored(blob: StoredBlob): Promise<boolean> {
    return (await this.sizeBytes(blob.digest)) === blob.sizeBytes;
  }

  private folderOf(digest: string): string {
    return join(this.root, digest.slice(0, 2), digest.slice(2, 4));
  }

  private pathOf(digest: string): string {
    return join(this.folderOf(digest), digest);
  }
}

async function isOlder(path: string, seconds: number): Promise<boolean> {
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs >= seconds * 1000;
}

async function writeSynced(path: string, content: Readable, limit: Limit): Promise<StoredBlob> {
  const file = await open(path, 'wx');
  try {
    const blob = await copyToFile(content, file, limit);
    await file.sync();
    return blob;
  } finally {
    await file.close();
  }
}

/** So that the name survives a power cut too. Windows and some file shares can't sync a folder; they keep their own promises. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    return;
  } finally {
    await handle?.close();
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    try {
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > LEFTOVER_AGE_MS) await rm(path, { force: true });
    } catch (error) {
      // Another process finished or removed it meanwhile.
      if (!isMissing(error)) throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
