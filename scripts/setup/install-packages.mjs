import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from './install-lock.mjs';
import { packagesAreCurrent } from './packages-current.mjs';

/**
 * Runs `npm ci` in a folder when its node_modules is missing or is not what its lock file asks for.
 * Uses nothing but Node itself: this is the first thing that runs on a fresh machine.
 * @param {string} folder holds package.json and package-lock.json
 * @throws {Error} when npm fails; its output went to this process's stderr
 */
export function installPackages(folder) {
  if (areInstalled(folder)) return;
  exclusively(join(folder, '.installing'), () => {
    if (!areInstalled(folder)) runNpm(folder); // Another process may have done it while this one waited.
  });
}

/** @param {string} folder */
function areInstalled(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'));
  if (!wanted) throw new Error(`${folder} has no package-lock.json`);
  return packagesAreCurrent(wanted, readJson(join(folder, 'node_modules', '.package-lock.json')));
}

/** @param {string} folder */
function runNpm(folder) {
  console.error('Installing packages (npm ci), this takes a minute …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    // stdout belongs to the caller (`npm test` ends with a count): npm's own words go to stderr.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) throw new Error(`npm ci failed in ${folder} (${describe(result)})`);
}

/** @param {string} path */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** @param {import('node:child_process').SpawnSyncReturns<Buffer>} result */
function describe(result) {
  if (result.error) return result.error.message;
  return result.signal ? `signal ${result.signal}` : `exit code ${result.status}`;
}
