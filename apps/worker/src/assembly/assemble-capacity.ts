import { availableParallelism } from 'node:os';
import type { Logger } from '@nestjs/common';
import { createMachineSensors } from '../capacity/sensors/create-machine-sensors.js';
import { DEFAULT_SAMPLER_SETTINGS, Sampler } from '../capacity/sensors/sampler.js';
import { CapacityControl } from '../capacity/control/capacity-control.js';
import type { CapacityBooks, CapacityEffects } from '../capacity/control/controlled-work.js';
import { MachineEye, type MakeSampler } from '../capacity/control/machine-eye.js';
import { OwnerOrderFile } from '../capacity/control/owner-order.js';
import { OwnerStatusFile } from '../capacity/control/owner-status.js';
import type { Release } from '../capacity/control/release-meter.js';
import { Repeating } from '../capacity/sensors/repeating.js';
import type { StandingKeeper } from '../capacity/standing-keeper.js';
import type { Watch } from '../capacity/watch.js';
import type { Settings } from '../config.js';
import type { HoldingRuntime } from '../containers/hold/holding-runtime.js';
import type { Parts } from './assemble-parts.js';
import { ownUse } from './own-use-here.js';

/** Short against the second in which presence is read: what an owner does must not wait for a look. */
const LOOK_EVERY_MS = 250;
const OWNER_READ_EVERY_MS = 1000;

/** What decides about the machine's spare time, and does it. */
export interface AssembledCapacity {
  readonly control: CapacityControl;
  /** Looks for the first time, so that nothing is taken that may not be; then again and again. */
  open(): Promise<void>;
  /** Decides nothing more. What is paused stays so, and is handed back. */
  close(): Promise<void>;
}

export function assembleCapacity(
  parts: Parts,
  folder: string,
  settings: Settings,
  care: { readonly keeper: StandingKeeper; readonly watch: () => Watch },
  logger: Logger,
): AssembledCapacity {
  const owner = new OwnerOrderFile(folder);
  const eye = new MachineEye(samplerMaker(settings, parts.runtime, logger), (error) =>
    logger.error({ err: error }, 'This machine has no sensors: it counts as used all the time.'),
  );
  const { policies, metrics, books } = parts;
  let lastRelease: Release | null = null;
  const control: CapacityControl = new CapacityControl(
    policies,
    eye,
    owner,
    booksOf(parts, settings, care),
    effectsOf(parts, care.watch),
    {
      onLooked: (view) => parts.admission.outlook.look(view),
      onStateChanged: ({ state, reason }) =>
        logger.log({ state, reason }, `The machine is ${state}. ${reason ?? ''}`),
      onReleased: (release) => {
        lastRelease = release;
        metrics.noteRelease(release);
        books.noteRelease(release);
        logger.log(release, releaseInWords(release));
      },
      onTrouble: (what, error) => logger.error({ err: error }, what),
    },
  );
  const status = new OwnerStatusFile(folder, () => ({
    offer: control.offer,
    sinceMs: control.sinceMs,
    owner: owner.latest,
    work: parts.intake.underWay,
    lastRelease,
    profile: policies.inForce(parts.runtime.canPause),
  }));
  const loops = [
    new Repeating(() => owner.read(), OWNER_READ_EVERY_MS),
    new Repeating(async () => {
      control.look();
      await status.write();
    }, LOOK_EVERY_MS),
  ];
  return {
    control,
    open: async () => {
      for (const loop of loops) await loop.start();
    },
    close: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([eye.close(), status.remove()]);
      if (!parts.hold.isOn) return;
      // What is paused can't end within the grace of a stop, and must not run for it.
      parts.pool.refuse();
      await parts.pool.evictBusy();
    },
  };
}

function releaseInWords({ seconds, reason, by }: Release): string {
  return `Containers had let go of the processor (${by}) ${seconds.toFixed(1)} s after ${reason ?? 'it was needed'}.`;
}

function booksOf(
  { runtime, hold, pool, intake, clock, poolLimitBytes }: Parts,
  settings: Settings,
  { keeper, watch }: { readonly keeper: StandingKeeper; readonly watch: () => Watch },
): CapacityBooks {
  return {
    get canPause() {
      return runtime.canPause;
    },
    get isEngineWell() {
      return watch().isEngineWell;
    },
    get claimed() {
      return intake.busy;
    },
    get refused() {
      return intake.refused;
    },
    get occupied() {
      return pool.occupied;
    },
    get computing() {
      return hold.isOn ? runtime.awake : pool.occupied;
    },
    get contactLostSeconds() {
      return keeper.contactLostSeconds;
    },
    get drain() {
      return keeper.drain;
    },
    get utcMs() {
      return keeper.contactLostSeconds === Infinity ? 'unknown' : clock.now().getTime();
    },
    memoryBytes: poolLimitBytes,
    usualContainerBytes: settings.containerMemoryBytes,
  };
}

function effectsOf({ runtime, pool, source }: Parts, watch: () => Watch): CapacityEffects {
  return {
    hold: () => runtime.putOn(),
    lift: () => runtime.lift(),
    refuse: () => pool.refuse(),
    admit: () => pool.admit(),
    evict: () => pool.evictBusy(),
    giveBack: () => source.giveBack(),
    allowMemory: (bytes) => pool.allow(bytes),
    limitCpu: ({ capPercent, isLow }) => runtime.limitCpu({ cores: coresOf(capPercent), isLow }),
    quarantine: () =>
      watch().doubt({ code: 'QUARANTINED', message: 'Containers that were to be killed are still there.' }),
    offerChanged: () => watch().offerChanged(),
  };
}

function samplerMaker(settings: Settings, runtime: HoldingRuntime, logger: Logger): MakeSampler {
  return async (exclusiveApps, restEverySeconds) =>
    new Sampler(
      await createMachineSensors(process.platform, settings.dataDir),
      ownUse(runtime),
      {
        onBlind: (sensor, why) =>
          logger.warn(`The sensor "${sensor}" sees nothing, which counts as busy: ${why}.`),
        onSeeingAgain: (sensor) => logger.log(`The sensor "${sensor}" sees again.`),
      },
      { ...DEFAULT_SAMPLER_SETTINGS, exclusiveApps, restEverySeconds },
    );
}

/** Of this machine's cores; null: all of them. */
export function coresOf(capPercent: number): number | null {
  return capPercent >= 100 ? null : (availableParallelism() * capPercent) / 100;
}
