import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { canInstallDebianPackages, installDebianPackage } from './debian/debian-packages.mjs';
import { nightjarContainers } from './docker/nightjar-containers.mjs';
import { provisionDocker } from './docker/provision-docker.mjs';
import { findRedisServer, installRedisServer } from './redis/this-machine.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { findProgram } from './setup/find-program.mjs';
import { dataFolderOf } from './setup/repository.mjs';
import { interruption } from './start/interruption.mjs';
import { afterSecondRun, countLine, isSuccess, ONE_FAILURE, sumOf } from './test/counts.mjs';
import { runJestProject } from './test/jest-project.mjs';

// `npm test`: gets what the tests need, runs all of them, ends with their count. Arguments go to jest:
// `npm test -- apps/worker` runs the tests whose path contains that.

/**
 * One after another: scenarios start whole installations. What uses real services gets a second run where it failed, alone:
 * a machine that was busy is told from a defect so, and the last line says how many needed it. Unit tests get none.
 */
const PROJECTS = [
  { project: 'unit', flags: ['--maxWorkers', '2'], secondRun: false },
  { project: 'contract', flags: ['--maxWorkers', '2'], secondRun: true },
  { project: 'scenarios', flags: ['--runInBand'], secondRun: true },
];

/** More failed files than this are no accident: running them again would only take time. */
const SECOND_RUN_AT_MOST_FILES = 5;

await bootstrap(fileURLToPath(import.meta.url));
process.exit(await test(process.argv.slice(2)));

/** @param {string[]} args @returns {Promise<number>} the exit code */
async function test(args) {
  const interrupted = interruption(() => process.exit(130));
  const counts = await tested(args, interrupted);
  for (const line of leftOut(process.env)) console.log(line);
  console.log(countLine(counts));
  return isSuccess(counts) ? 0 : 1;
}

/** @param {string[]} args @param {AbortSignal} interrupted */
async function tested(args, interrupted) {
  /** @type {import('./docker/provision-docker.mjs').ProvisionedDocker | undefined} */
  let docker;
  try {
    provisionRedisServer();
    provisionNetworkTools();
    docker = await provisionDocker({ logFile: join(dataFolderOf(process.env), 'logs', 'dockerd.log') });
    if (docker.advice) console.error(docker.advice);
    await build();
    return await runProjects(args, { hasDocker: docker.version !== undefined, interrupted });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return ONE_FAILURE;
  } finally {
    await docker?.stop();
  }
}

/** @param {string[]} args @param {{ hasDocker: boolean, interrupted: AbortSignal }} context */
async function runProjects(args, { hasDocker, interrupted }) {
  const before = hasDocker ? await nightjarContainers() : new Map();
  const all = [];
  for (const project of PROJECTS) {
    interrupted.throwIfAborted();
    all.push(...(await runProject(project, args, interrupted)));
  }
  if (hasDocker) all.push(...leaks(before, await nightjarContainers()));
  return sumOf(all);
}

/**
 * @param {typeof PROJECTS[number]} project
 * @param {string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<import('./test/counts.mjs').Counts[]>}
 */
async function runProject({ project, flags, secondRun }, args, signal) {
  const first = await runJestProject({ project, flags, args, signal });
  const files = first.failedFiles;
  const isWorthIt = secondRun && files.length > 0 && files.length <= SECOND_RUN_AT_MOST_FILES;
  if (!isWorthIt) return [first.counts, first.beside];
  console.log(`\nRun again, alone:\n${files.map((file) => `  ${file}`).join('\n')}`);
  const again = await runJestProject({
    project,
    flags: ['--runInBand'],
    args: ['--runTestsByPath', ...files],
    signal,
  });
  return [afterSecondRun(first.counts, again.counts), again.beside];
}

/**
 * Tests leave nothing running: each container that is there now and was not before is a failure.
 * @param {Map<string, string>} before
 * @param {Map<string, string>} after
 */
function leaks(before, after) {
  const leaked = [...after].filter(([id]) => !before.has(id));
  for (const [, words] of leaked) console.error(`The tests left a container: ${words}`);
  return leaked.map(() => ONE_FAILURE);
}

/** Tests start a Redis of their own each: the program is all that they need. */
function provisionRedisServer() {
  if (findRedisServer()) return;
  if (canInstallDebianPackages()) installRedisServer();
  if (findRedisServer()) return;
  throw new Error('The tests need redis-server or valkey-server on PATH: install it and start again');
}

/** Tests of containers' networks make hosts of their own with `ip`; without it they fail and say so. */
function provisionNetworkTools() {
  if (findProgram(['ip']) || !canInstallDebianPackages()) return;
  installDebianPackage('iproute2');
}

/** @param {NodeJS.ProcessEnv} environment */
function leftOut(environment) {
  return environment.NIGHTJAR_TEST_MSSQL_URL
    ? []
    : ['Left out: the store contract against SQL Server (NIGHTJAR_TEST_MSSQL_URL=mssql://… adds it)'];
}
