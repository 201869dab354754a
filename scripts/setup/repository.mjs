import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: every script works from here, wherever it was called from. */
export const repositoryFolder = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/**
 * Where a started Nightjar keeps everything: database, Redis files, packages, keys, logs.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string} an absolute path
 */
export function dataFolderOf(environment) {
  return resolve(repositoryFolder, environment.NIGHTJAR_DATA_DIR ?? '.nightjar');
}

/**
 * A path inside the repository.
 * @param {...string} parts
 */
export function inRepository(...parts) {
  return resolve(repositoryFolder, ...parts);
}
