import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { readContainerUse } from '../../../apps/worker/src/capacity/sensors/linux/cgroup-use.js';
import { containersOf } from '../../support/docker-engine.js';

/** What the containers of these machines have used so far, all together, in core-seconds by container. */
export async function cpuSecondsOf(
  engine: Docker,
  machineIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const parts = await readContainerUse('/sys', await containersOf(engine, machineIds));
  return new Map(parts.map(({ id, cpuSeconds }) => [id, cpuSeconds]));
}

/** Over which a processor that somebody uses shows. */
const WINDOW_MS = 500;
/** Counting takes the kernel a moment itself. */
const STILL_SECONDS = 0.01;

/** Whether no container of these machines uses the processor: none for half a second. What is new has used all of it since. */
export async function isStill(engine: Docker, machineIds: readonly string[]): Promise<boolean> {
  const before = await cpuSecondsOf(engine, machineIds);
  await delay(WINDOW_MS);
  const after = await cpuSecondsOf(engine, machineIds);
  return [...after].every(([id, seconds]) => seconds - (before.get(id) ?? 0) < STILL_SECONDS);
}
