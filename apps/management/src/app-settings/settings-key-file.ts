import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newId } from '#shared/domain/ids.js';

/** The text of a file that only its owner may read; null: there is none. */
export async function readKeyFile(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a file whole or not at all, never over an existing one, and gives what is in it then. */
export async function findOrMakeKeyFile(path: string, make: () => string): Promise<string> {
  const found = await readKeyFile(path);
  if (found !== null) return found;
  const draft = `${path}.${newId()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}
