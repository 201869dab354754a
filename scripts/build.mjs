import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { takeLock } from './services/folder-lock.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { inRepository, repositoryFolder } from './setup/repository.mjs';
import { hashOfSources } from './setup/sources-hash.mjs';

const STAMP = inRepository('dist/build-stamp');
const BUILD_INFO = inRepository('dist/build.tsbuildinfo');
/** Everything that the output depends on. The lock file stands for the packages. */
const SOURCES = [
  'apps',
  'libs',
  'test/bench',
  'test/simulation',
  'test/support',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const BUNDLER = 'scripts/bundle-language-worker.mjs';
/** A build takes about half a minute on a slow machine: a second one waits for the first. */
const WAIT_FOR_OTHER_MS = 300_000;

/**
 * Compiles everything into dist, unless dist was made from these very sources.
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<boolean>} whether there was anything to do
 * @throws {Error} when it does not compile; the messages went to stderr
 */
export async function build({ force = false } = {}) {
  mkdirSync(inRepository('dist'), { recursive: true });
  const lock = await takeLock(inRepository('dist/build.lock'), { waitMs: WAIT_FOR_OTHER_MS });
  if ('heldBy' in lock) throw new Error(`Another build does not end (${lock.heldBy})`);
  try {
    const hash = hashOfSources(repositoryFolder, [...SOURCES, BUNDLER], countsForBuild);
    if (!force && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return false;
    rmSync(STAMP, { force: true });
    // tsc trusts its notes of what it has written: --force is for when that is no longer there.
    if (force) rmSync(BUILD_INFO, { force: true });
    compile();
    bundle();
    writeFileSync(STAMP, hash);
    return true;
  } finally {
    lock.release();
  }
}

/** @param {string} path */
function countsForBuild(path) {
  return !/\.spec\.ts$|(^|\/)node_modules\//.test(path);
}

function compile() {
  const tsc = inRepository('node_modules/typescript/bin/tsc');
  const args = ['-p', 'tsconfig.build.json', '--tsBuildInfoFile', BUILD_INFO];
  if (!run(tsc, args)) throw new Error('The sources do not compile; the messages stand above');
}

function bundle() {
  // As a process of its own: esbuild would leave its service running in ours.
  if (!run(inRepository(BUNDLER), [], 'ignore'))
    throw new Error('The language worker can not be bundled; see above');
}

/**
 * @param {string} script
 * @param {string[]} args
 * @param {2 | 'ignore'} [output] where its stdout goes: ours belongs to whoever builds as one step of something else
 */
function run(script, args, output = 2) {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: repositoryFolder,
    stdio: ['ignore', output, 2],
  });
  return status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bootstrap(process.argv[1]);
  try {
    const built = await build({ force: process.argv.includes('--force') });
    console.log(built ? 'Built.' : 'Nothing changed since the last build.');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
