import { existsSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { provisionDocker } from './docker/provision-docker.mjs';
import { findRedisServer, installRedisServer } from './redis/this-machine.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { dataFolderOf, inRepository } from './setup/repository.mjs';
import { canInstallDebianPackages } from './debian/debian-packages.mjs';

// `npm run bench [-- name …]`: measures Nightjar against its baselines on this machine. Without names: everything.

/**
 * @typedef {import('../test/bench/bench.js').BenchResult} BenchResult
 * @typedef {import('../test/bench/bench.js').Bench} Bench
 */

const RESULTS_FILE = inRepository('bench-results.json');
const ROUNDS = Number(process.env.NIGHTJAR_BENCH_ROUNDS ?? 3);

/** Thrown when a name on the command line is that of no bench. */
class UnknownBench extends Error {
  /** @param {string[]} names @param {Bench[]} all */
  constructor(names, all) {
    super(`There is no bench ${names.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);
  }
}

await bootstrap(fileURLToPath(import.meta.url));
process.exit(await bench(process.argv.slice(2)).catch(failed));

/** @param {string[]} names @returns {Promise<number>} the exit code: 1 when a goal is missed */
async function bench(names) {
  if (!findRedisServer() && canInstallDebianPackages()) installRedisServer();
  await build();
  const benches = await benchesNamed(names);
  const docker = await provisionDocker({ logFile: join(dataFolderOf(process.env), 'logs', 'dockerd.log') });
  if (docker.advice) console.error(docker.advice);
  try {
    const results = await runAll(benches);
    writeFileSync(RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
    return await report(results);
  } finally {
    await docker.stop();
  }
}

/** @param {unknown} error */
function failed(error) {
  console.error(error instanceof UnknownBench ? error.message : error);
  return 1;
}

/** @param {string[]} names @returns {Promise<Bench[]>} */
async function benchesNamed(names) {
  // Named by their sources: dist may hold what an earlier version had.
  const sources = globSync('test/bench/**/*.bench.ts', { cwd: inRepository() }).sort();
  const files = sources.map((source) => inRepository('dist', source.replace(/\.ts$/, '.js')));
  const modules = await Promise.all(files.filter(existsSync).map((file) => import(pathToFileURL(file).href)));
  /** @type {Bench[]} */
  const all = modules.map((module) => module.default);
  const unknown = names.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) throw new UnknownBench(unknown, all);
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** @param {Bench[]} benches @returns {Promise<BenchResult[]>} */
async function runAll(benches) {
  const support = inRepository('dist/test/support');
  const { startRedis } = await import(join(support, 'redis.js'));
  const { makeTempFolder, removeFolder } = await import(join(support, 'temp-folder.js'));
  const results = [];
  for (const one of benches) {
    console.log(`── ${one.name}`);
    const redis = await startRedis();
    const workFolder = await makeTempFolder('bench');
    const log = (/** @type {string} */ line) => console.log(`   ${line}`);
    try {
      results.push(...(await one.run({ redisUrl: redis.url, workFolder, rounds: ROUNDS, log })));
    } finally {
      await redis.stop();
      await removeFolder(workFolder);
    }
  }
  return results;
}

/** @param {BenchResult[]} results @returns {Promise<number>} */
async function report(results) {
  const { reachesGoal } = await import(inRepository('dist/test/bench/goal.js'));
  const { tableLines } = await import(inRepository('dist/apps/cli/src/terminal/table.js'));
  const rows = results.map(({ name, value, baseline, unit, ratio, goal }) => [
    name,
    figure(value),
    figure(baseline),
    unit,
    ratio.toFixed(2),
    goal,
    reachesGoal(ratio, goal) ? 'pass' : 'MISS',
  ]);
  const head = ['BENCH', 'VALUE', 'BASELINE', 'UNIT', 'RATIO', 'GOAL', ''];
  console.log(`\n${tableLines(head, rows).join('\n')}\n\nWritten to ${RESULTS_FILE}`);
  return results.every(({ ratio, goal }) => reachesGoal(ratio, goal)) ? 0 : 1;
}

/** Three digits are as many as repeat from run to run. @param {number} value */
function figure(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en-GB') : value.toPrecision(3);
}
