import { Logger } from '@nestjs/common';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#shared/domain/ids.js';
import { download } from './download.js';
import { packagesToRemove, type CachedPackage } from './eviction.js';
import type { FileUrls } from './file-urls.js';
import { PackageCache, PackageUnavailableError, type HeldPackage } from './package-cache.js';
import { isFolder, lockFolders, removeLocked, removePackage, sizeOf } from './package-folder.js';
import { retryDelayMs } from './retry-delay.js';
import { unpack } from './unpack.js';

export interface PackageCacheSettings {
  readonly folder: string;
  /** Of all unpacked packages together; also the most that one package may unpack to. */
  readonly maxBytes: number;
}

const TRIES = 4;
const DIGEST = /^[0-9a-f]{64}$/;
/** Names of what is on its way in or out: whatever is called so when the worker starts is a remnant. */
const PASSING = { incoming: 'incoming-', outgoing: 'outgoing-' };

/**
 * Packages fetched from management by signed URLs, checked against their digest, unpacked once, read-only, under their digest.
 *
 * A package is *absent*, *incoming* (under another name, until it is whole), *present*, or *outgoing* (under another name again).
 * Only the renaming of a folder makes it present or ends that, so a package under its digest is always whole. The time of its
 * last use is that of the folder's last change, and so survives the worker.
 */
export class HttpPackageCache extends PackageCache {
  readonly #logger = new Logger(HttpPackageCache.name);
  readonly #folders = new Map<string, Promise<string>>();
  readonly #holders = new Map<string, number>();
  readonly #bytes = new Map<string, number>();
  #making: Promise<void> = Promise.resolve();

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
    const remnants = names.filter((name) => Object.values(PASSING).some((prefix) => name.startsWith(prefix)));
    await Promise.all(remnants.map((name) => removeLocked(join(this.settings.folder, name))));
  }

  async folderOf(digest: string): Promise<string> {
    const { folder, release } = await this.hold(digest);
    release();
    return folder;
  }

  async hold(digest: string): Promise<HeldPackage> {
    const release = this.#hold(digest);
    try {
      return { folder: await this.#used(digest), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Somebody may have emptied the folder by hand: what is not there any more is fetched again. */
  async #used(digest: string): Promise<string> {
    const folder = await this.#present(digest);
    const now = new Date();
    try {
      await utimes(folder, now, now);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.#folders.delete(digest);
      return this.#present(digest);
    }
  }

  /** Held before it is there: nothing takes it away between its coming and its being used. */
  #hold(digest: string): () => void {
    this.#holders.set(digest, (this.#holders.get(digest) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const others = (this.#holders.get(digest) ?? 1) - 1;
      if (others > 0) this.#holders.set(digest, others);
      else this.#holders.delete(digest);
    };
  }

  #present(digest: string): Promise<string> {
    const known = this.#folders.get(digest);
    if (known) return known;
    const folder = this.#find(digest);
    this.#folders.set(digest, folder);
    // A failure is for those who wait for it now; the next caller tries again.
    folder.catch(() => this.#folders.delete(digest));
    return folder;
  }

  async #find(digest: string): Promise<string> {
    if (!DIGEST.test(digest)) throw new PackageUnavailableError(`"${digest}" is no digest.`);
    const folder = join(this.settings.folder, digest);
    if (!(await isFolder(folder))) {
      await this.#fetch(digest, folder);
      // One after the other: two that make room at once would remove twice as much as they need.
      this.#making = this.#making
        .then(() => this.#makeRoom())
        .catch((error: unknown) => {
          this.#logger.warn(`No room could be made in the package cache: ${(error as Error).message}`);
        });
      await this.#making;
    }
    return folder;
  }

  async #fetch(digest: string, folder: string): Promise<void> {
    const incoming = join(this.settings.folder, `${PASSING.incoming}${newId()}`);
    const zip = `${incoming}.zip`;
    try {
      await this.#download(digest, zip);
      this.#bytes.set(digest, await unpack(zip, incoming, this.settings.maxBytes));
      await lockFolders(incoming);
      await rename(incoming, folder);
    } catch (error) {
      await removeLocked(incoming);
      const message = `The package ${digest} is not to be had: ${(error as Error).message}`;
      throw new PackageUnavailableError(message, { cause: error });
    } finally {
      await rm(zip, { force: true });
    }
  }

  /** Only this is tried again: what has the right digest and can not be unpacked never will be. */
  async #download(digest: string, path: string): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        await download(this.urls, digest, path);
        return;
      } catch (error) {
        if (failures === TRIES) throw error;
        await delay(retryDelayMs(failures, Math.random()));
      }
    }
  }

  async #makeRoom(): Promise<void> {
    const packages = await this.#packages();
    for (const digest of packagesToRemove(packages, this.settings.maxBytes, Date.now())) {
      // Asked for since it was looked at: it stays.
      if (this.#holders.has(digest)) continue;
      this.#folders.delete(digest);
      const folder = join(this.settings.folder, digest);
      await removePackage(folder, join(this.settings.folder, `${PASSING.outgoing}${newId()}`));
      this.#bytes.delete(digest);
    }
  }

  async #packages(): Promise<CachedPackage[]> {
    const digests = (await readdir(this.settings.folder)).filter((name) => DIGEST.test(name));
    return Promise.all(
      digests.map(async (digest) => {
        const folder = join(this.settings.folder, digest);
        const bytes = this.#bytes.get(digest) ?? (await sizeOf(folder));
        this.#bytes.set(digest, bytes);
        const { mtimeMs } = await stat(folder);
        return { digest, bytes, usedAtMs: mtimeMs, isHeld: this.#holders.has(digest) };
      }),
    );
  }
}
