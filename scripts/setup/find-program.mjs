import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The first of some programs that stands on PATH.
 * @param {string[]} names in order of preference
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {string | undefined} its absolute path
 */
export function findProgram(names, environment = process.env) {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  // Daemons live in sbin folders, which an ordinary user's PATH often leaves out.
  const folders = [...(environment.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return names
    .flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name + suffix)))
    .find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
