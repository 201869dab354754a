import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIBRARY = fileURLToPath(new URL('../../../../node_modules/@azure/functions', import.meta.url));

/** Folders with function apps in them, removed together. */
export class AppFolders {
  readonly #folders: string[] = [];

  /**
   * Writes an app into a new folder.
   *
   * @param files content by path; what is no text is written as JSON.
   * @param options.withLibrary links `@azure/functions` v4 into its `node_modules`.
   * @returns the folder.
   */
  async write(files: Record<string, unknown>, options: { withLibrary?: boolean } = {}): Promise<string> {
    const folder = await this.make();
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
    if (options.withLibrary !== false) {
      await mkdir(join(folder, 'node_modules/@azure'), { recursive: true });
      await symlink(LIBRARY, join(folder, 'node_modules/@azure/functions'));
    }
    return folder;
  }

  async make(): Promise<string> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-language-worker-')));
    this.#folders.push(folder);
    return folder;
  }

  async remove(): Promise<void> {
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }
}
