import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';

export interface PackageFile {
  /** Below the folder, with forward slashes. */
  readonly name: string;
  readonly path: string;
  readonly executable: boolean;
}

/** Never part of a package, whatever `.funcignore` says: history, editor settings, and secrets of one machine. */
const NEVER = ['.git', '.vscode', 'local.settings.json', '.funcignore', 'node_modules/.bin'];

/**
 * The files of a function app that belong into its package, sorted by name: all but those that `.funcignore` names (its
 * rules are those of `.gitignore`) and those that never belong there. Links are followed, as a package holds none.
 */
export async function packageFiles(folder: string): Promise<readonly PackageFile[]> {
  const rules = [ignore().add(NEVER), ignore().add(await ownRules(folder))];
  const files = await filesBelow(folder, '', rules, []);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function ownRules(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, '.funcignore'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** @param above the real paths of the folders that we are in: a link to one of them would never end */
async function filesBelow(
  folder: string,
  prefix: string,
  rules: readonly Ignore[],
  above: readonly string[],
): Promise<PackageFile[]> {
  const real = await realpath(folder);
  if (above.includes(real)) return [];
  const found: PackageFile[] = [];
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry);
    const name = prefix + entry;
    const facts = await stat(path);
    const isFolder = facts.isDirectory();
    if (rules.some((rule) => rule.ignores(isFolder ? `${name}/` : name))) continue;
    if (isFolder) found.push(...(await filesBelow(path, `${name}/`, rules, [...above, real])));
    else if (facts.isFile()) found.push({ name, path, executable: (facts.mode & 0o100) !== 0 });
  }
  return found;
}
