import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRepository, repositoryFolder } from '../setup/repository.mjs';
import { countsOf, failedFilesOf, NOTHING, ONE_FAILURE } from './counts.mjs';

/** After its last test, jest ends at once, unless a test left a timer, connection or process behind. */
const ENDS_WITHIN_MS = 20_000;
const LOOK_MS = 250;

/**
 * @typedef {object} ProjectResult
 * @property {import('./counts.mjs').Counts} counts
 * @property {readonly string[]} failedFiles those in which a test failed, or that could not be loaded
 * @property {import('./counts.mjs').Counts} beside failures that belong to no file: something left running, no report
 */

/**
 * Runs one of jest's projects; its report goes to this process's output.
 * @param {{ project: string, flags: readonly string[], args: readonly string[], signal: AbortSignal }} wanted
 * flags are ours, args come from the command line
 * @returns {Promise<ProjectResult>}
 */
export async function runJestProject({ project, flags, args, signal }) {
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-jest-'));
  const reportFile = join(folder, 'report.json');
  try {
    const jest = startJest({ project, flags, args, reportFile });
    const ended = new Promise((resolve) => jest.once('close', resolve));
    signal.addEventListener('abort', () => jest.kill('SIGKILL'), { once: true });
    const leftSomething = await isLeftRunning(jest, reportFile, ended);
    return resultFrom(reportFile, project, leftSomething);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {{ project: string, flags: readonly string[], args: readonly string[], reportFile: string }} wanted */
function startJest({ project, flags, args, reportFile }) {
  const jest = inRepository('node_modules/jest/bin/jest.js');
  const own = [
    '--selectProjects',
    project,
    '--ci',
    '--passWithNoTests',
    '--json',
    '--outputFile',
    reportFile,
  ];
  return spawn(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', jest, ...own, ...flags, ...args],
    {
      cwd: repositoryFolder,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
}

/**
 * Waits for jest's end.
 * @param {import('node:child_process').ChildProcess} jest
 * @param {string} reportFile written when all tests are through
 * @param {Promise<unknown>} ended
 * @returns {Promise<boolean>} true when it had to be ended, because something that a test left keeps it alive
 */
async function isLeftRunning(jest, reportFile, ended) {
  let done = false;
  void ended.then(() => (done = true));
  while (!done && !existsSync(reportFile)) await Promise.race([ended, sleep(LOOK_MS)]);
  await Promise.race([ended, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
  if (done) return false;
  jest.kill('SIGKILL');
  await ended;
  return true;
}

/**
 * @param {string} reportFile
 * @param {string} project
 * @param {boolean} leftSomething
 * @returns {ProjectResult}
 */
function resultFrom(reportFile, project, leftSomething) {
  if (!existsSync(reportFile)) {
    console.error(`The ${project} tests ended without a report`);
    return { counts: NOTHING, failedFiles: [], beside: ONE_FAILURE };
  }
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const result = { counts: countsOf(report), failedFiles: failedFilesOf(report) };
  if (!leftSomething) return { ...result, beside: NOTHING };
  console.error(
    `The ${project} tests left something running (a timer, connection or process): jest had to be ended`,
  );
  return { ...result, beside: ONE_FAILURE };
}
