import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PackageCache, type HeldPackage } from './package-cache.js';

/** A function app that the worker brings along: text by path. */
export type BuiltInFiles = Readonly<Record<string, string>>;

/** A package cache that also has one app which management does not know, under a name that is no digest. */
export class CacheWithBuiltIn extends PackageCache {
  #written: Promise<void> | undefined;

  constructor(
    private readonly others: PackageCache,
    private readonly builtIn: {
      readonly name: string;
      readonly folder: string;
      readonly files: BuiltInFiles;
    },
  ) {
    super();
  }

  async folderOf(digest: string): Promise<string> {
    return (await this.hold(digest)).folder;
  }

  async hold(digest: string): Promise<HeldPackage> {
    if (digest !== this.builtIn.name) return this.others.hold(digest);
    this.#written ??= this.#write();
    this.#written.catch(() => (this.#written = undefined));
    await this.#written;
    return { folder: this.builtIn.folder, release: () => undefined };
  }

  /** Everybody may read it: the user inside a container is nobody here. */
  async #write(): Promise<void> {
    for (const [path, text] of Object.entries(this.builtIn.files)) {
      const file = join(this.builtIn.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await chmod(dirname(file), 0o755);
      await writeFile(file, text);
      await chmod(file, 0o644);
    }
    await chmod(this.builtIn.folder, 0o755);
  }
}
