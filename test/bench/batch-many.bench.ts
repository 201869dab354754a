import { BareBullmq } from './baseline/bare-bullmq.js';
import { medianOfRounds, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';
import { startStack } from './support/stack.js';

const ITEMS = 200_000;
const BASELINE_JOBS = 30_000;
const BASELINE_CONCURRENCY = 50;

/** Items of a no-op function with `cardinality: many`, each outcome committed, against bare BullMQ's jobs with no outcome at all. */
async function run({ rounds, redisUrl, ...context }: BenchContext): Promise<BenchResult[]> {
  const stack = await startStack({ rounds, redisUrl, ...context });
  const bare = await BareBullmq.start(redisUrl, BASELINE_CONCURRENCY);
  try {
    await stack.runBatch('items', ITEMS / 4);
    const figures = await medianOfRounds(
      rounds,
      async () => ITEMS / (await stack.runBatch('items', ITEMS)),
      () => bare.jobsPerSecond(BASELINE_JOBS),
    );
    return [resultOf({ name: 'batch-many', ...figures, unit: 'items/s', goal: '>= 4' })];
  } finally {
    await bare.stop();
    await stack.stop();
  }
}

export default { name: 'batch-many', run } satisfies Bench;
