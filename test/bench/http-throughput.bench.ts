import { BareBullmq } from './baseline/bare-bullmq.js';
import { medianOfRounds, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';
import { HttpLoad } from './support/http-load.js';
import { startStack } from './support/stack.js';

const IN_FLIGHT = 64;
const SECONDS = 6;
const WARM_UP_SECONDS = 4;

/** Warm no-op HTTP calls through the whole line, against bare BullMQ's request and reply. */
async function run({ rounds, redisUrl, ...context }: BenchContext): Promise<BenchResult[]> {
  const stack = await startStack({ rounds, redisUrl, ...context });
  const bare = await BareBullmq.start(redisUrl, IN_FLIGHT);
  const load = await HttpLoad.open(`${stack.url}/api/noop`, IN_FLIGHT);
  try {
    await load.run(WARM_UP_SECONDS);
    await bare.requestReply(IN_FLIGHT, WARM_UP_SECONDS / 2);
    const figures = await medianOfRounds(
      rounds,
      async () => (await load.run(SECONDS)).length / SECONDS,
      async () => (await bare.requestReply(IN_FLIGHT, SECONDS)).length / SECONDS,
    );
    await stack.explain(
      'call',
      (latenciesMs) => latenciesMs.length,
      () => load.run(SECONDS),
    );
    return [resultOf({ name: 'http-throughput', ...figures, unit: 'requests/s', goal: '>= 0.4' })];
  } finally {
    load.close();
    await bare.stop();
    await stack.stop();
  }
}

export default { name: 'http-throughput', run } satisfies Bench;
