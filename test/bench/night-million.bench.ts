import { residentBytes } from '../support/process-memory.js';
import { BareBullmq } from './baseline/bare-bullmq.js';
import { medianOfRounds, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';
import { startStack } from './support/stack.js';

const ITEMS = 1_000_000;
const WARM_UP_ITEMS = 50_000;
const BASELINE_JOBS = 30_000;
const BASELINE_CONCURRENCY = 50;
const SAMPLE_MS = 100;
const MIB = 2 ** 20;
const MANAGEMENT_MIB = 300;

/** A night of a million no-op items with `cardinality: many`, against bare BullMQ's jobs; and what management holds meanwhile. */
async function run({ rounds, redisUrl, ...context }: BenchContext): Promise<BenchResult[]> {
  const stack = await startStack({ rounds, redisUrl, ...context });
  const bare = await BareBullmq.start(redisUrl, BASELINE_CONCURRENCY);
  let mostBytes = 0;
  const sampler = setInterval(() => {
    mostBytes = Math.max(mostBytes, residentBytes(stack.management.service.process.pid));
  }, SAMPLE_MS);
  try {
    await stack.runBatch('items', WARM_UP_ITEMS);
    const figures = await medianOfRounds(
      rounds,
      async () => ITEMS / (await stack.runBatch('items', ITEMS)),
      () => bare.jobsPerSecond(BASELINE_JOBS),
    );
    const memory = { value: mostBytes / MIB, baseline: MANAGEMENT_MIB, unit: 'MiB', goal: '<= 1' };
    return [
      resultOf({ name: 'night-million', ...figures, unit: 'items/s', goal: '>= 4' }),
      resultOf({ name: 'night-million-management-memory', ...memory }),
    ];
  } finally {
    clearInterval(sampler);
    await bare.stop();
    await stack.stop();
  }
}

export default { name: 'night-million', run } satisfies Bench;
