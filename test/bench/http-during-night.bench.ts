import { medianOfRounds, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';
import { HttpLoad } from './support/http-load.js';
import { startStack } from './support/stack.js';

/** More than are done while it is measured. */
const ITEMS = 3_000_000;
const WARM_UP_ITEMS = 50_000;
const SECONDS = 5;
const WARM_UP_SECONDS = 3;
/** Some people at work; on two cores more would measure the load itself. */
const CONNECTIONS = 4;

/** The P95 of warm no-op HTTP calls while a batch of no-op items takes all that it can get, against the same without the batch. */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const stack = await startStack(context);
  const load = await HttpLoad.open(`${stack.url}/api/noop`, CONNECTIONS);
  try {
    await load.run(WARM_UP_SECONDS);
    await stack.runBatch('items', WARM_UP_ITEMS);
    const calls = async (): Promise<number> => percentile95(await load.run(SECONDS));
    const figures = await medianOfRounds(
      context.rounds,
      () => stack.duringBatch('items', ITEMS, calls),
      calls,
    );
    return [resultOf({ name: 'http-during-night', ...figures, unit: 'ms (P95)', goal: '<= 2' })];
  } finally {
    load.close();
    await stack.stop();
  }
}

function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? NaN;
}

export default { name: 'http-during-night', run } satisfies Bench;
