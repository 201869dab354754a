import { spawn } from 'node:child_process';
import { repositoryFolder } from '../setup/repository.mjs';

/** @typedef {{ name: string, passed: boolean, seconds: number, output: string }} CheckResult */

/**
 * @param {import('./checks.mjs').Check} check
 * @returns {Promise<CheckResult>}
 */
export async function runCheck({ name, script, args }) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    cwd: repositoryFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listen = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => resolve(`${error}`));
    child.once('close', resolve);
  });
  return {
    name,
    passed: code === 0,
    seconds: (performance.now() - startedAt) / 1_000,
    output: output.trim(),
  };
}

/**
 * Runs all checks, a few at a time.
 * @param {readonly import('./checks.mjs').Check[]} checks
 * @param {number} atOnce
 * @returns {Promise<CheckResult[]>} in the order of the checks
 */
export async function runChecks(checks, atOnce) {
  /** @type {CheckResult[]} */
  const results = [];
  const waiting = [...checks.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, check] = next;
      results[index] = await runCheck(check);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
