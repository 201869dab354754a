import type { ContainerPool } from '../support/container-pool.js';
import { waitFor } from '../support/wait-for.js';
import {
  medianOf,
  medianOfRounds,
  resultOf,
  type Bench,
  type BenchContext,
  type BenchResult,
} from './bench.js';
import { DockerPools, times } from './support/docker-pool.js';

const STARTS = 7;
const PREWARM = { base: 1, reactiveMax: 0, timeToLiveSeconds: 600 };

/** From a prewarmed container to an app that is loaded in it, against a cold start. */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const pools = await DockerPools.create(context);
  try {
    const cold = await pools.open();
    // The next one is prewarmed some time after one was taken: not while that is being measured.
    const prewarmed = await pools.open({ prewarm: PREWARM, intervalSeconds: 2 });
    await pools.msToLoaded(cold);
    await msFromPrewarmed(pools, prewarmed);
    const figures = await medianOfRounds(
      context.rounds,
      async () => medianOf(await times(STARTS, () => msFromPrewarmed(pools, prewarmed))),
      async () => medianOf(await times(STARTS, () => pools.msToLoaded(cold))),
    );
    expectAll(prewarmed, context.rounds * STARTS + 1);
    return [resultOf({ name: 'prewarmed-start', ...figures, unit: 'ms (P50)', goal: '<= 0.35' })];
  } finally {
    await pools.close();
  }
}

async function msFromPrewarmed(pools: DockerPools, pool: ContainerPool): Promise<number> {
  await waitFor(() => pool.pool.figures().containers.prewarmed === 1, { timeoutMs: 120_000 });
  return pools.msToLoaded(pool);
}

function expectAll({ pool }: ContainerPool, count: number): void {
  const { starts } = pool.figures();
  if (starts.prewarmed !== count || starts.cold > 0)
    throw new Error(`Not all starts were from prewarmed containers: ${JSON.stringify(starts)}`);
}

export default { name: 'prewarmed-start', run } satisfies Bench;
