import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerPool } from '../support/container-pool.js';
import { versionOf } from '../support/doubles/pool-under-test.js';
import { waitFor } from '../support/wait-for.js';
import { medianOf, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';
import { DockerPools, times } from './support/docker-pool.js';

const CONTAINERS = 200;
const SECONDS = 20;
const ALLOWED_PERCENT = 2;
/** As often as a worker's heartbeat. */
const CHECK_EVERY_SECONDS = 10;
const GIBIBYTE = 2 ** 30;

/**
 * How much of a processor a worker's pool, channel and runtime take while many containers are idle and paused, against the two
 * per cent that they may.
 */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const pools = await DockerPools.create(context);
  try {
    const settings = {
      memoryBytes: CONTAINERS * GIBIBYTE,
      pauseAfterSeconds: 2,
      idleSeconds: 7200,
      intervalSeconds: 2,
    };
    const containers = await pools.open(settings);
    context.log(`starting ${CONTAINERS} containers`);
    await fill(containers, pools.appFolder);
    await waitFor(() => containers.pool.figures().containers.paused === CONTAINERS, { timeoutMs: 600_000 });
    const value = medianOf(await times(context.rounds, () => percentOfProcessor(containers)));
    return [
      resultOf({ name: 'idle-pool', value, baseline: ALLOWED_PERCENT, unit: '% of a core', goal: '<= 1' }),
    ];
  } finally {
    await pools.close();
  }
}

async function fill({ pool }: ContainerPool, appFolder: string): Promise<void> {
  for (let index = 0; index < CONTAINERS; index += 2) {
    const pair = [index, index + 1].map((id) => pool.warm(versionOf(`v${id}`, { packageDigest: appFolder })));
    if ((await Promise.all(pair)).includes(false)) throw new Error('The pool had no room.');
  }
}

/** Of this process, which holds nothing else. */
async function percentOfProcessor({ equipment }: ContainerPool): Promise<number> {
  const before = process.cpuUsage();
  for (let seconds = 0; seconds < SECONDS; seconds += CHECK_EVERY_SECONDS) {
    await equipment.runtime.check();
    await delay(CHECK_EVERY_SECONDS * 1000);
  }
  await equipment.runtime.reconcile();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 10_000 / SECONDS;
}

export default { name: 'idle-pool', run } satisfies Bench;
