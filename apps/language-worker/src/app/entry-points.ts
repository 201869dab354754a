import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError } from '../errors.js';

/**
 * Finds the files that `main` in an app's `package.json` stands for: one file, or all that match a pattern.
 *
 * @returns paths relative to the app, with `/`; those nearer to its root first, because an `index.js` there
 *   sets up what the functions below use.
 * @throws SystemError when there is none.
 */
export async function findEntryPoints(directory: string, main: string): Promise<string[]> {
  const pattern = main.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  const files = isPattern(pattern)
    ? await findMatches(directory, pattern)
    : await findFile(directory, pattern);
  if (files.length > 0) return files.sort(nearestFirst);
  throw new SystemError(
    isPattern(pattern)
      ? 'No file matches this pattern, which is "main" in package.json.'
      : 'There is no such file; it is "main" in package.json.',
  );
}

function isPattern(path: string): boolean {
  return /[*?{}[\]()!]/.test(path);
}

async function findMatches(directory: string, pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const match of glob(pattern, { cwd: directory })) {
    files.push(...(await findFile(directory, match.replaceAll('\\', '/'))));
  }
  return files;
}

async function findFile(directory: string, path: string): Promise<string[]> {
  const found = await stat(join(directory, path)).catch(() => undefined);
  return found?.isFile() ? [path] : [];
}

function nearestFirst(left: string, right: string): number {
  const depth = left.split('/').length - right.split('/').length;
  if (depth !== 0) return depth;
  return left < right ? -1 : 1;
}
