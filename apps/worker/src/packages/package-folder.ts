import { chmod, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const READ_ONLY = 0o555;
const WRITABLE = 0o755;

/** Takes away the right to add and remove files, for everybody. */
export async function lockFolders(folder: string): Promise<void> {
  for (const one of await foldersOf(folder)) await chmod(one, READ_ONLY);
}

/**
 * Removes an unpacked package. It is renamed first: however the removal ends, nothing half removed stands under a digest.
 * @param leavingFolder what it is called while it goes
 */
export async function removePackage(folder: string, leavingFolder: string): Promise<void> {
  await rename(folder, leavingFolder);
  await removeLocked(leavingFolder);
}

/** Removes a file, or a folder with locked folders in it. */
export async function removeLocked(path: string): Promise<void> {
  if (await isFolder(path)) for (const one of await foldersOf(path)) await chmod(one, WRITABLE);
  await rm(path, { recursive: true, force: true });
}

/** Of all files in a folder, bytes. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

/** Whether there is a folder at this path. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory());
  return [folder, ...inner.map((entry) => join(entry.parentPath, entry.name))];
}
