import { performance } from 'node:perf_hooks';
import { newId } from '#shared/domain/ids.js';
import type { ChannelInvocation } from '../../apps/worker/src/channel/language-worker-channel.js';
import { medianOf, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';
import { DockerPools, times } from './support/docker-pool.js';

const CALLS = 2_000;
const WARM_UP_CALLS = 1_000;
const ALLOWED_MS = 1;

/** What leasing a warm container adds to an invocation, one at a time, against the millisecond that it may. */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const pools = await DockerPools.create(context);
  try {
    const containers = await pools.open();
    const { pool } = containers;
    const version = containers.versionIn(pools.appFolder);
    const leased = (): Promise<unknown> => pool.run(version, 'interactive', invocation());
    const added = await pool.lookInto(pools.appFolder, newId(), {}, async (host) => {
      const direct = (): Promise<unknown> => host.invoke(invocation(), null);
      await msPerCall(direct, WARM_UP_CALLS);
      await msPerCall(leased, WARM_UP_CALLS);
      return times(context.rounds, async () => {
        const directMs = await msPerCall(direct, CALLS);
        return (await msPerCall(leased, CALLS)) - directMs;
      });
    });
    const value = Math.max(0, medianOf(added ?? []));
    return [resultOf({ name: 'warm-lease', value, baseline: ALLOWED_MS, unit: 'ms added', goal: '<= 1' })];
  } finally {
    await pools.close();
  }
}

function invocation(): ChannelInvocation {
  return {
    invocationId: newId(),
    functionName: 'item',
    input: { kind: 'queue', message: '1' },
    onLog: () => undefined,
  };
}

async function msPerCall(call: () => Promise<unknown>, calls: number): Promise<number> {
  const startedMs = performance.now();
  for (let count = 0; count < calls; count += 1) await call();
  return (performance.now() - startedMs) / calls;
}

export default { name: 'warm-lease', run } satisfies Bench;
