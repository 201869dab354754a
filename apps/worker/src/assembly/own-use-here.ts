import { readContainerUse } from '../capacity/sensors/linux/cgroup-use.js';
import { LINUX_PATHS } from '../capacity/sensors/linux/linux-paths.js';
import { readProcessUse } from '../capacity/sensors/linux/process-use.js';
import type { OwnUsePart, ReadOwnUse } from '../capacity/sensors/own-use.js';
import { thisProcessUse } from '../capacity/sensors/this-process-use.js';
import type { RunningContainer } from '../containers/container-runtime.js';
import type { HoldingRuntime } from '../containers/hold/holding-runtime.js';

/** Of a runtime, what runs, and where. */
type Running = Pick<HoldingRuntime, 'containers' | 'isHere'>;

/**
 * What this worker, and what it runs, uses of this machine. Containers of an engine on another machine use nothing of it; those of
 * an engine in a virtual machine here do, and to the owner's tools it looks like that machine's.
 */
export function ownUse(runtime: Running): ReadOwnUse {
  return async () => {
    const containers = runtime.isHere ? readContainers(runtime) : [];
    return (await Promise.all([containers, readProcesses()])).flat();
  };
}

/** What functions use, wherever their containers are: of this worker's children and containers, not of itself. Throws where it can't be known. */
export function functionsUse(runtime: Running): ReadOwnUse {
  return async () => {
    if (process.platform !== 'linux' && runtime.containers.some(({ engineId }) => engineId === null))
      throw new Error('What plain processes use is read on Linux only.');
    const [containers, processes] = await Promise.all([readContainers(runtime), readProcesses()]);
    return [...containers, ...processes.filter(({ pids }) => !pids.includes(process.pid))];
  };
}

/** From control groups where those of the containers are on this machine: cheap, and with their processes. Else the engine is asked. */
async function readContainers({ containers, isHere }: Running): Promise<readonly OwnUsePart[]> {
  const ids = containers.flatMap(({ engineId }) => engineId ?? []);
  const isLinux = process.platform === 'linux' && isHere;
  const found = isLinux ? await readContainerUse(LINUX_PATHS.sys, ids) : [];
  const others = containers.filter(({ engineId }) => !found.some(({ id }) => id === engineId));
  return [...found, ...(await Promise.all(others.map(askEngine))).flat()];
}

/** None for one that has ended meanwhile. What its processes are called on this machine the engine does not say. */
async function askEngine(container: RunningContainer): Promise<OwnUsePart[]> {
  const { engineId } = container;
  const use = engineId === null ? null : await container.readUse();
  return use === null || engineId === null ? [] : [{ id: engineId, ...use, pids: [] }];
}

function readProcesses(): ReturnType<ReadOwnUse> {
  if (process.platform !== 'linux') return Promise.resolve([thisProcessUse()]);
  return readProcessUse(LINUX_PATHS.proc, [process.pid]);
}
