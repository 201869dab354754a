import { readContainerUse } from '../capacity/sensors/linux/cgroup-use.js';
import { LINUX_PATHS } from '../capacity/sensors/linux/linux-paths.js';
import { readProcessUse } from '../capacity/sensors/linux/process-use.js';
import type { ReadOwnUse } from '../capacity/sensors/own-use.js';
import { thisProcessUse } from '../capacity/sensors/this-process-use.js';
import type { HoldingRuntime } from '../containers/hold/holding-runtime.js';

/** Of a runtime, what runs. */
type Running = Pick<HoldingRuntime, 'containers'>;

/** What this worker, and what it runs, uses of the machine. Off Linux its containers can't be read: they count as the owner's. */
export function ownUse(runtime: Running): ReadOwnUse {
  if (process.platform !== 'linux') return async () => [thisProcessUse()];
  return async () => (await Promise.all([readContainers(runtime), readProcesses()])).flat();
}

/** What functions use: of this worker's children and containers, not of itself. Throws off Linux. */
export function functionsUse(runtime: Running): ReadOwnUse {
  return async () => {
    if (process.platform !== 'linux') throw new Error('What containers use is read on Linux only.');
    const [containers, processes] = await Promise.all([readContainers(runtime), readProcesses()]);
    return [...containers, ...processes.filter(({ pids }) => !pids.includes(process.pid))];
  };
}

function readContainers({ containers }: Running): ReturnType<ReadOwnUse> {
  const ids = containers.flatMap(({ engineId }) => engineId ?? []);
  return readContainerUse(LINUX_PATHS.sys, ids);
}

function readProcesses(): ReturnType<ReadOwnUse> {
  return readProcessUse(LINUX_PATHS.proc, [process.pid]);
}
