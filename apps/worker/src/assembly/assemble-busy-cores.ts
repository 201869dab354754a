import { BusyCores } from '../capacity/busy-cores.js';
import { readContainerUse } from '../capacity/sensors/linux/cgroup-use.js';
import { LINUX_PATHS } from '../capacity/sensors/linux/linux-paths.js';
import { readProcessUse } from '../capacity/sensors/linux/process-use.js';
import type { OwnUsePart } from '../capacity/sensors/own-use.js';
import type { HeartbeatSender } from '../capacity/watch.js';
import type { ContainerRuntime, RunningContainer } from '../containers/container-runtime.js';

/** Of the runtime, what tells its containers apart. */
interface UsedRuntime {
  readonly kind: ContainerRuntime['kind'];
  readonly containers: readonly Pick<RunningContainer, 'engineId'>[];
}

/** Sends each heartbeat with what the containers have used since the one before. */
export function withBusyCores(sender: HeartbeatSender, runtime: UsedRuntime): HeartbeatSender {
  const meter = new BusyCores(() => readUse(runtime));
  return {
    heartbeat: async (report) => sender.heartbeat({ ...report, busyCores: await meter.read() }),
  };
}

/** Throws where it can't be known: then it is not said at all. */
async function readUse({ kind, containers }: UsedRuntime): Promise<readonly OwnUsePart[]> {
  if (process.platform !== 'linux')
    throw new Error('Only Linux tells what containers use without asking the engine.');
  if (kind === 'process') {
    const parts = await readProcessUse(LINUX_PATHS.proc, [process.pid]);
    return parts.filter(({ pids }) => !pids.includes(process.pid));
  }
  const ids = containers.flatMap(({ engineId }) => engineId ?? []);
  const parts = await readContainerUse(LINUX_PATHS.sys, ids);
  if (ids.length > 0 && parts.length === 0) throw new Error('The containers are not on this machine.');
  return parts;
}
