import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { watchNpmParent } from './npm-parent.mjs';
import { inRepository } from './repository.mjs';

/** The Node of package-lock.json: everything after the installation runs under it. */
export const pinnedNode = inRepository(
  'node_modules/node/bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Makes sure that the calling script runs under the pinned Node.
 *
 * Under another Node it starts the same script again under the pinned one, with the same arguments and
 * terminal, and ends with its exit code: the caller's next line is then never reached. Signals are passed on; a
 * Ctrl-C therefore arrives there twice (once from the terminal), which the receiver takes for one.
 * @param {string} script absolute path of the calling script
 */
export async function continueUnderPinnedNode(script) {
  if (process.version === pinnedVersion()) return;
  const child = spawn(pinnedNode, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  watchNpmParent(() => child.kill('SIGTERM'));
  process.exit(await exitCodeOf(child));
}

function pinnedVersion() {
  const description = inRepository('node_modules/node/package.json');
  if (!existsSync(pinnedNode)) {
    throw new Error(
      `${pinnedNode} is missing: delete node_modules and start again (npm must run install scripts)`,
    );
  }
  return `v${JSON.parse(readFileSync(description, 'utf8')).version}`;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function exitCodeOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
