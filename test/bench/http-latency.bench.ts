import { BareBullmq } from './baseline/bare-bullmq.js';
import {
  medianOf,
  medianOfRounds,
  resultOf,
  type Bench,
  type BenchContext,
  type BenchResult,
} from './bench.js';
import { HttpLoad } from './support/http-load.js';
import { startStack } from './support/stack.js';

const SECONDS = 5;
const WARM_UP_SECONDS = 3;

/** The median latency of a warm no-op HTTP call with nothing else going on, against bare BullMQ's request and reply. */
async function run({ rounds, redisUrl, ...context }: BenchContext): Promise<BenchResult[]> {
  const stack = await startStack({ rounds, redisUrl, ...context });
  const bare = await BareBullmq.start(redisUrl, 1);
  const load = await HttpLoad.open(`${stack.url}/api/noop`, 1);
  try {
    await load.run(WARM_UP_SECONDS);
    await bare.requestReply(1, WARM_UP_SECONDS);
    const figures = await medianOfRounds(
      rounds,
      async () => medianOf(await load.run(SECONDS)),
      async () => medianOf(await bare.requestReply(1, SECONDS)),
    );
    return [resultOf({ name: 'http-latency', ...figures, unit: 'ms (P50)', goal: '<= 3' })];
  } finally {
    load.close();
    await bare.stop();
    await stack.stop();
  }
}

export default { name: 'http-latency', run } satisfies Bench;
