import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#shared/domain/ids.js';
import type { FileUrls } from './file-urls.js';
import { PackageCache, PackageUnavailableError } from './package-cache.js';
import { unpack } from './unpack.js';

export interface PackageCacheSettings {
  readonly folder: string;
  /** Of all unpacked packages together; the one that was used least recently goes first. */
  readonly maxBytes: number;
}

const TRIES = 4;
const TEMPORARY_PREFIX = 'incoming-';
/** A package that was handed out lately may be in a container that is starting: it is never removed. */
const KEEP_USED_MS = 60 * 60 * 1000;

/** Packages fetched from management by signed URLs, checked against their digest, unpacked once, under their digest. */
export class HttpPackageCache extends PackageCache {
  readonly #folders = new Map<string, Promise<string>>();

  constructor(
    private readonly urls: FileUrls,
    private readonly settings: PackageCacheSettings,
  ) {
    super();
  }

  /** Removes what an earlier life left half done. */
  async open(): Promise<void> {
    await mkdir(this.settings.folder, { recursive: true });
    const names = await readdir(this.settings.folder);
    const halfDone = names.filter((name) => name.startsWith(TEMPORARY_PREFIX));
    await Promise.all(
      halfDone.map((name) => rm(join(this.settings.folder, name), { recursive: true, force: true })),
    );
  }

  async folderOf(digest: string): Promise<string> {
    let folder = this.#folders.get(digest);
    if (!folder) {
      folder = this.#find(digest);
      this.#folders.set(digest, folder);
      // A failure is for those who wait for it now; the next caller tries again.
      folder.catch(() => this.#folders.delete(digest));
    }
    return folder;
  }

  async #find(digest: string): Promise<string> {
    const folder = join(this.settings.folder, digest);
    if (!(await exists(folder))) await this.#fetchWithRetries(digest, folder);
    const now = new Date();
    await utimes(folder, now, now);
    await this.#shrink();
    return folder;
  }

  async #fetchWithRetries(digest: string, folder: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#fetch(digest, folder);
      } catch (error) {
        this.urls.forget(digest);
        if (tries === TRIES) {
          const message = `The package ${digest} could not be fetched: ${(error as Error).message}`;
          throw new PackageUnavailableError(message, { cause: error });
        }
        await delay(250 * 2 ** tries);
      }
    }
  }

  async #fetch(digest: string, folder: string): Promise<void> {
    const incoming = join(this.settings.folder, `${TEMPORARY_PREFIX}${newId()}`);
    const zip = join(incoming, 'package.zip');
    const unpacked = join(incoming, 'unpacked');
    try {
      await mkdir(unpacked, { recursive: true });
      await download(await this.urls.urlOf(digest), zip, digest);
      await unpack(zip, unpacked);
      // Another worker that shares the folder may have been first: its copy is as good.
      await rename(unpacked, folder).catch(async (error: unknown) => {
        if (!(await exists(folder))) throw error;
      });
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
  }

  async #shrink(): Promise<void> {
    const packages = await Promise.all(
      (await readdir(this.settings.folder))
        .filter((name) => !name.startsWith(TEMPORARY_PREFIX))
        .map(async (name) => {
          const folder = join(this.settings.folder, name);
          return { name, folder, usedAtMs: (await stat(folder)).mtimeMs, bytes: await sizeOf(folder) };
        }),
    );
    let total = packages.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const one of packages.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
      if (total <= this.settings.maxBytes || one.usedAtMs > Date.now() - KEEP_USED_MS) return;
      this.#folders.delete(one.name);
      await rm(one.folder, { recursive: true, force: true });
      total -= one.bytes;
    }
  }
}

async function download(url: string, path: string, digest: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`management answered ${response.status}`);
  const hash = createHash('sha256');
  const hashed = new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      hash.update(piece);
      done(null, piece);
    },
  });
  await pipeline(Readable.fromWeb(response.body), hashed, createWriteStream(path));
  const found = hash.digest('hex');
  if (found !== digest) throw new Error(`its content has the digest ${found}`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
