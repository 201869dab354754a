import { readFile, readdir } from 'node:fs/promises';

/** What says that a file is not there (any more): processes, devices and containers go while they are looked at. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ESRCH']);

export function isGone(error: unknown): boolean {
  return GONE.has((error as NodeJS.ErrnoException).code ?? '');
}

/** A small file's text; null when it is not there. */
export async function readIfThere(path: string): Promise<string | null> {
  return unlessGone(readFile(path, 'utf8'), null);
}

/** The names in a folder; none when it is not there. */
export async function listIfThere(folder: string): Promise<readonly string[]> {
  return unlessGone(readdir(folder), []);
}

async function unlessGone<T, U>(read: Promise<T>, instead: U): Promise<T | U> {
  try {
    return await read;
  } catch (error) {
    if (isGone(error)) return instead;
    throw error;
  }
}
