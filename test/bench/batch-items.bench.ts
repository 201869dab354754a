import { join } from 'node:path';
import { medianOfRounds, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';
import { startChannelAlone } from './support/channel-alone.js';
import { writeNoOpApp } from './support/no-op-app.js';
import { startStack } from './support/stack.js';

const ITEMS = 30_000;
const BASELINE_IN_FLIGHT = 64;

/** Items of a no-op function, one per call, each outcome committed, against the channel and one language worker alone. */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const packageFolder = join(context.workFolder, 'alone');
  await writeNoOpApp(packageFolder);
  const alone = await startChannelAlone({ packageFolder });
  const stack = await startStack(context);
  const invokeAlone = (): Promise<unknown> =>
    alone.invoke('item', { kind: 'queue', message: '{"id":12345678,"name":"a line of some length"}' });
  try {
    await stack.runBatch('item', ITEMS / 3);
    await invokePerSecond(invokeAlone, ITEMS / 3);
    const figures = await medianOfRounds(
      context.rounds,
      async () => ITEMS / (await stack.runBatch('item', ITEMS)),
      () => invokePerSecond(invokeAlone, ITEMS),
    );
    await stack.explain(
      'item',
      () => ITEMS,
      () => stack.runBatch('item', ITEMS),
    );
    return [resultOf({ name: 'batch-items', ...figures, unit: 'items/s', goal: '>= 0.6' })];
  } finally {
    await stack.stop();
    await alone.close();
  }
}

async function invokePerSecond(invoke: () => Promise<unknown>, count: number): Promise<number> {
  let left = count;
  const startedMs = performance.now();
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await invoke();
    }
  };
  await Promise.all(Array.from({ length: BASELINE_IN_FLIGHT }, client));
  return count / ((performance.now() - startedMs) / 1000);
}

export default { name: 'batch-items', run } satisfies Bench;
