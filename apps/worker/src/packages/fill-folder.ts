import { chmod, constants, copyFile, link, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolders } from './package-folder.js';

/** What a file system says that can't link, or not these two. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);
const WRITABLE = 0o755;

/**
 * Puts an unpacked package into another folder, which is there and empty: the same files under a second name, or copies where the
 * file system can't do that. The folders are locked as the package's are.
 */
export async function fillFolder(packageFolder: string, folder: string): Promise<void> {
  await chmod(folder, WRITABLE);
  await fill(packageFolder, folder);
  await lockFolders(folder);
}

async function fill(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (!entry.isDirectory()) return linkOrCopy(source, target);
      await mkdir(target, WRITABLE);
      await fill(source, target);
    }),
  );
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    await chmod(target, (await stat(source)).mode);
  }
}
