import type { Logger } from '@nestjs/common';
import { engineCheck, upkeepOf } from './assemble-care.js';
import { assembleCapacity, coresOf } from './assemble-capacity.js';
import { assembleStanding } from './assemble-standing.js';
import type { CapacityControl } from '../capacity/control/capacity-control.js';
import { whyLost } from '../books/why-lost.js';
import { BusyCores } from '../capacity/busy-cores.js';
import { folderOf, machineIdIn } from '../capacity/machine-identity.js';
import type { StandingKeeper } from '../capacity/standing-keeper.js';
import { SleepWatch } from '../capacity/lease/sleep-watch.js';
import { Watch, type Watched, type WatchEvents } from '../capacity/watch.js';
import type { Settings } from '../config.js';
import { runTestFunction } from '../containers/health/run-test-function.js';
import { makeParts, type Parts, type SettingsWithKey } from './assemble-parts.js';
import { functionsUse } from './own-use-here.js';
import { hostSettings } from './runtime-settings.js';

/** A worker whose parts are made, and nothing of it started. */
export interface AssembledWorker {
  readonly runtimeKind: 'docker' | 'process';
  readonly warning: string | undefined;
  /** Throws while the database is away or its schema is not there yet. */
  checkStore(): Promise<void>;
  /** Tells management of the machine and makes the engine ready; work is taken as soon as the test function has run. */
  open(): Promise<void>;
  close(graceSeconds: number): Promise<void>;
}

/** Opens what the worker keeps open and puts its parts together. Throws `RuntimeRefusedError`. */
export async function assembleWorker(settings: SettingsWithKey, logger: Logger): Promise<AssembledWorker> {
  const folder = folderOf(settings);
  const machineId = await machineIdIn(folder);
  const parts = await makeParts(settings, logger, folder, machineId);
  const { stores, chosen, channelServer, pool, recorder, replies, intake, source, books } = parts;
  const keeper = assembleStanding({ ...parts, machines: stores.machines }, settings.leaseSeconds, logger);
  const care = { keeper, watch: (): Watch => watch };
  const capacity = assembleCapacity(parts, folder, settings, care, logger);
  const watched = watchedOf(parts, keeper, capacity.control, settings);
  let isStopping = false;
  parts.explainLossesBy(() => {
    const { standing } = keeper;
    return whyLost({ isStopping, standing, offer: capacity.control.offer });
  });
  const watch: Watch = new Watch(books.sendingWith(keeper), watched, watchEvents(logger), {
    heartbeatSeconds: settings.heartbeatSeconds,
    machine: parts.described,
  });
  parts.onEngineDoubted.add((problem) => watch.doubt(problem));
  const sleep = new SleepWatch(
    () => parts.machineClock.nowMs,
    (seconds) => {
      logger.warn(`For ${seconds.toFixed(1)} s this process did not run: asleep, or stopped.`);
      void keeper.look().then(() => watch.lookNow());
    },
  );
  const upkeep = upkeepOf({ runtime: chosen.runtime, pool }, settings.reconcileIntervalSeconds, logger);
  return {
    runtimeKind: chosen.runtime.kind,
    warning: chosen.warning,
    checkStore: () => stores.store.check(),
    open: async () => {
      await books.open();
      parts.versions.open();
      await parts.metrics.open();
      await parts.admission.open();
      await capacity.open();
      await watch.open();
      sleep.open();
      upkeep.open();
    },
    close: async (graceSeconds) => {
      isStopping = true;
      sleep.close();
      keeper.close();
      upkeep.close();
      await capacity.close();
      await watch.close();
      await intake.close(graceSeconds);
      await parts.versions.close();
      await parts.admission.close();
      await recorder.close(graceSeconds);
      await books.close(keeper);
      await parts.metrics.close();
      await pool.close();
      await channelServer.close();
      await chosen.runtime.close();
      await Promise.allSettled([replies.close(), source.close(0)]);
      await stores.store.close();
    },
  };
}

function watchedOf(
  parts: Parts,
  keeper: StandingKeeper,
  control: Pick<CapacityControl, 'offer'>,
  settings: Settings,
): Watched {
  const { chosen, pool, recorder, intake, source } = parts;
  const use = new BusyCores(functionsUse(parts.runtime));
  return {
    checkEngine: engineCheck(chosen.runtime, () => prepare(parts, settings)),
    runTestFunction: () => runTestFunction(pool),
    recorderStuckSeconds: () => recorder.stuckSeconds,
    slotsBusy: () => intake.busy,
    refused: () => intake.refused,
    busySeconds: () => source.busySeconds,
    busyCores: () => use.read(),
    offeredCores: () => offeredCores(parts),
    offer: () => control.offer,
    standing: () => keeper.standing,
    pauseIntake: () => source.pause(),
    resumeIntake: () => intake.resume(),
  };
}

/** Of this machine's cores, what its policy lets containers have; null: all of them. */
function offeredCores({ policies, runtime }: Parts): number | null {
  const { acts, policy } = policies.inForce(runtime.canPause);
  return acts ? coresOf(policy.cpuCapPercent) : null;
}

/** Makes the engine ready. Throws `EngineUnavailableError`. */
async function prepare(
  { downloads, chosen, channelServer, pool, hold }: Parts,
  settings: Settings,
): Promise<void> {
  await downloads.open();
  const { channelHost } = await chosen.runtime.prepare();
  const channelPort = await channelServer.listen(channelHost);
  await pool.open({
    runtime: chosen.runtime,
    channelServer,
    channelPort,
    settings: hostSettings(settings),
    hold,
  });
}

function watchEvents(logger: Logger): WatchEvents {
  return {
    onHealthChanged: ({ state, reason }) => logger.log(`The worker is ${state}. ${reason}`),
    onHeartbeatFailed: (error) => logger.warn({ err: error }, 'The heartbeat could not be written.'),
  };
}
