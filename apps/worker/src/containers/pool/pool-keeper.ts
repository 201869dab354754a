import { Logger } from '@nestjs/common';
import { EvictedError } from '../evicted-error.js';
import type { ContainerDesk } from './container-desk.js';
import type { HostEquipment } from './host-equipment.js';
import { shapeOf, type ContainerNeeds } from './container-needs.js';
import type { ContainerStarter } from './container-starter.js';
import type { PoolEntry } from './pool-entry.js';
import { planPrewarming, type PrewarmSettings } from './prewarming.js';
import { planRest } from './upkeep.js';

export interface KeeperSettings {
  readonly pauseAfterSeconds: number;
  readonly idleSeconds: number;
  readonly prewarm: PrewarmSettings;
  /** How long somebody waits for a container before another is made to become idle. */
  readonly patienceSeconds: number;
  /** How often it looks. */
  readonly intervalSeconds: number;
}

/** What the runtime can do. */
export interface KeeperAbilities {
  readonly canPause: boolean;
  readonly canPrewarm: boolean;
}

/** A container that does not come up is mostly not the last one. */
const PREWARM_AGAIN_AFTER_MS = 30_000;

/**
 * Looks after containers every few seconds: pauses and removes what is idle, takes back leases that never end, sees that nobody
 * waits for ever, and has containers ready for apps to come.
 */
export class PoolKeeper {
  readonly #logger = new Logger(PoolKeeper.name);
  #timer: NodeJS.Timeout | undefined;
  #prewarmNotBeforeMs = 0;

  constructor(
    private readonly desk: ContainerDesk,
    private readonly starter: ContainerStarter,
    private readonly equipment: Pick<HostEquipment, 'hold'> & { readonly runtime: KeeperAbilities },
    private readonly usualNeeds: ContainerNeeds,
    private readonly settings: KeeperSettings,
    /** Whether nothing is to be started for work that may come. */
    private readonly isResting: () => boolean = () => false,
  ) {}

  open(): void {
    this.#timer = setInterval(() => this.#look(performance.now()), this.settings.intervalSeconds * 1000);
    this.#prewarm(performance.now());
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(nowMs: number): void {
    this.#reclaim();
    this.desk.relieve(nowMs, this.settings.patienceSeconds * 1000);
    this.#putToRest(nowMs);
    this.#prewarm(nowMs);
  }

  #reclaim(): void {
    for (const entry of this.desk.entries) {
      const leaked = [...entry.leases].filter((lease) => lease.isLeaked(this.equipment.hold.workMs));
      if (leaked.length === 0) continue;
      this.#logger.error(
        `Container ${entry.id} was to be free long ago: ${leaked.length} invocation(s) in it did not end though twice their ` +
          'limit and a minute have passed. It is removed. Look whether the container engine hangs.',
      );
      for (const lease of leaked) lease.reclaim();
      void this.desk.remove(entry.id);
    }
  }

  #putToRest(nowMs: number): void {
    const { pauseAfterSeconds, idleSeconds } = this.settings;
    const plan = planRest(this.desk.entries, nowMs, {
      pauseAfterSeconds: this.equipment.runtime.canPause ? pauseAfterSeconds : null,
      removeAfterSeconds: idleSeconds,
    });
    for (const id of plan.remove) void this.desk.remove(id);
    for (const entry of this.desk.entries) if (plan.pause.includes(entry.id)) void this.#pause(entry);
  }

  async #pause(entry: PoolEntry): Promise<void> {
    try {
      await entry.pause();
    } catch (error) {
      this.#logger.warn({ err: error }, 'An idle container could not be paused; it is removed.');
      await this.desk.remove(entry.id);
    }
  }

  #prewarm(nowMs: number): void {
    const { desk, starter, settings } = this;
    if (!this.equipment.runtime.canPrewarm || this.isResting() || nowMs < this.#prewarmNotBeforeMs) return;
    const needs = this.#needsByShape(nowMs);
    const plan = planPrewarming(
      {
        containers: desk.entries,
        coldStarts: desk.coldStarts(nowMs),
        usualShape: shapeOf(this.usualNeeds),
        memoryBytesOf: new Map([...needs].map(([shape, { limits }]) => [shape, limits.memoryBytes])),
        memoryLimitBytes: desk.limitBytes,
        nowMs,
      },
      settings.prewarm,
    );
    for (const id of plan.remove) void desk.remove(id);
    // Who waits comes first: for memory, and for the processor.
    const wanted = plan.start.map((shape) => needs.get(shape)).find((one) => one !== undefined);
    if (wanted && desk.waiting === 0 && starter.hasFreeSlot) this.#start(wanted);
  }

  #start(needs: ContainerNeeds): void {
    this.desk.prewarm(needs).catch((error: unknown) => {
      if (error instanceof EvictedError) return;
      this.#prewarmNotBeforeMs = performance.now() + PREWARM_AGAIN_AFTER_MS;
      this.#logger.warn({ err: error }, 'A container could not be prewarmed; the next try is in 30 s.');
    });
  }

  /** Of the usual shape, of those that were wanted lately, and of those that are there. */
  #needsByShape(nowMs: number): ReadonlyMap<string, ContainerNeeds> {
    const known = [this.usualNeeds, ...this.desk.entries.map((entry) => entry.needs)];
    const wanted = new Set(this.desk.coldStarts(nowMs).map(({ shape }) => shape));
    const prewarmed = this.desk.entries.filter(({ key }) => key === null).map(({ shape }) => shape);
    for (const shape of [shapeOf(this.usualNeeds), ...prewarmed]) wanted.add(shape);
    return new Map(
      known.map((needs) => [shapeOf(needs), needs] as const).filter(([shape]) => wanted.has(shape)),
    );
  }
}
