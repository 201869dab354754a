import { Logger } from '@nestjs/common';
import type { ContainerSettings } from '#shared/domain/container-settings.js';
import { newId } from '#shared/domain/ids.js';
import type { RunnableVersion, SettingValues } from '../../app-settings/setting-values.js';
import type { ChannelInvocation } from '../../channel/language-worker-channel.js';
import type { PackageCache } from '../../packages/package-cache.js';
import { EvictedError } from '../evicted-error.js';
import type { AppHost } from './app-host.js';
import { ContainerDesk, type AppRequest, type ContainerLease } from './container-desk.js';
import { needsOf, shapeOf } from './container-needs.js';
import { ContainerStarter, type StarterSettings, type WantedApp } from './container-starter.js';
import type { HostResult } from './ending.js';
import { canReplaceEnvironment, environmentOf } from './environment.js';
import type { HostEquipment } from './host-equipment.js';
import type { StartKind } from './lease.js';
import { CONTAINER_STATES, type ContainerState } from './pool-entry.js';
import { PoolKeeper, type KeeperSettings } from './pool-keeper.js';
import { leakedAfterMs } from './upkeep.js';

/**
 * Work of one compartment shares a container with nothing else of its app: `interactive` calls are not held up by a batch
 * that keeps its event loop busy, and each chunk slot has a process, so that a batch uses every core it is given.
 */
export type Compartment = 'interactive' | `chunk-${number}`;

export interface PoolSettings extends KeeperSettings, StarterSettings {
  /** Of all containers together, until `allow` says otherwise. */
  readonly memoryBytes: number;
  /** Functions at a time in one container. */
  readonly concurrency: number;
}

/** A result, and whether its container had to be got ready for it. */
export type PoolResult = HostResult & { readonly coldStart: boolean };

/** What there is, and what there was. */
export interface PoolFigures {
  readonly containers: Readonly<Record<ContainerState, number>>;
  readonly starts: Readonly<Record<StartKind, number>>;
  readonly waiting: number;
}

const EVICTED: PoolResult = { state: 'evicted', coldStart: false };

interface OpenPool {
  readonly equipment: HostEquipment;
  readonly starter: ContainerStarter;
  readonly desk: ContainerDesk;
  readonly keeper: PoolKeeper;
}

/**
 * The containers of this worker: got ready when work needs them, kept warm, paused and removed when nothing does. A container
 * holds one app version in one compartment, from its loading to its end, and is never handed on to another.
 */
export class AppHostPool {
  readonly #logger = new Logger(AppHostPool.name);
  readonly #suspects = new Map<string, Promise<unknown>>();
  #open: OpenPool | undefined;
  #isRefusing = false;

  constructor(
    private readonly packages: PackageCache,
    private readonly settings: PoolSettings,
  ) {}

  /** Removes what an earlier life left of prewarmed containers, whose own remains the runtime has removed. */
  async open(equipment: HostEquipment): Promise<void> {
    const starter = new ContainerStarter(equipment, this.packages, this.settings);
    await starter.open();
    const desk = new ContainerDesk(starter, this.settings.memoryBytes);
    const usual = needsOf({}, equipment.settings);
    const isResting = (): boolean => this.#isRefusing || equipment.hold.isOn;
    const keeper = new PoolKeeper(desk, starter, equipment, usual, this.settings, isResting);
    this.#open = { equipment, starter, desk, keeper };
    keeper.open();
  }

  /** Removes folders of containers that are gone. Throws an error of the file system. */
  async reconcile(): Promise<void> {
    await this.#open?.starter.reconcile();
  }

  /** Ends all containers. What runs in them is displaced, what waits for one fails with `PoolClosedError`. */
  async close(): Promise<void> {
    this.#open?.keeper.close();
    await this.#open?.desk.close();
    await this.#open?.starter.close();
  }

  /**
   * Runs a function in a container of its version and compartment; `cancelled` when it was given up before one was to be had.
   * Throws `AppLoadError`, `EngineUnavailableError`, `PackageUnavailableError`, `ChannelTimeoutError`, `PoolClosedError`.
   */
  run(
    version: RunnableVersion,
    compartment: Compartment,
    invocation: ChannelInvocation,
    givenUp?: AbortSignal,
  ): Promise<PoolResult> {
    return this.#run(this.#requestOf(version, compartment), version, invocation, givenUp);
  }

  /**
   * Runs a function alone in a container, one suspect of its version at a time: after a container has died with several
   * in flight this finds the one that is to blame.
   */
  runAlone(
    version: RunnableVersion,
    invocation: ChannelInvocation,
    givenUp?: AbortSignal,
  ): Promise<PoolResult> {
    const earlier = this.#suspects.get(version.id) ?? Promise.resolve();
    const request = { ...this.#requestOf(version, 'alone'), concurrency: 1 };
    const run = earlier.then(() => this.#run(request, version, invocation, givenUp));
    const settled = run.catch(() => undefined);
    this.#suspects.set(version.id, settled);
    void settled.then(() => {
      if (this.#suspects.get(version.id) === settled) this.#suspects.delete(version.id);
    });
    return run;
  }

  /** Loads a package in a container that nothing else will run in, and looks at it; null when it was given up before. Throws as `run` does, and `EvictedError`. */
  async lookInto<Seen>(
    packageDigest: string,
    appVersionId: string,
    container: ContainerSettings,
    look: (host: AppHost) => Seen | Promise<Seen>,
    givenUp?: AbortSignal,
    settings?: SettingValues,
  ): Promise<Seen | null> {
    const { desk } = this.#opened();
    const environment = environmentOf('index', settings?.toEnvironment());
    const wanted = { packageDigest, appVersionId, environment };
    this.#mustNotRefuse();
    const lease = await desk.lease(this.#request(`look/${newId()}`, wanted, container), givenUp);
    if (lease === null) this.#mustNotRefuse();
    if (lease === null) return null;
    try {
      return await look(await lease.entry.app());
    } finally {
      desk.giveBack(lease);
      await desk.remove(lease.entry.id);
    }
  }

  /**
   * A container outside the pool's account, which the caller must retire: it neither waits for memory nor makes room. For trying
   * whether the engine works at all. Throws `AppLoadError`, `EngineUnavailableError`, `PackageUnavailableError`, `ChannelTimeoutError`.
   */
  startApart(packageDigest: string, appVersionId: string): Promise<AppHost> {
    const { starter, equipment } = this.#opened();
    const needs = needsOf({}, equipment.settings);
    return starter.startApp({ packageDigest, appVersionId, environment: environmentOf(appVersionId), needs });
  }

  /**
   * Has a container ready for calls of a version that will come soon, where there is memory to spare; false where there is not.
   * Throws as `run` does.
   */
  async warm(version: RunnableVersion): Promise<boolean> {
    if (this.#isRefusing) return false;
    const { desk } = this.#opened();
    const lease = desk.leaseSpare(this.#requestOf(version, 'interactive'));
    if (!lease) return false;
    try {
      await lease.entry.app();
      return true;
    } finally {
      desk.giveBack(lease);
    }
  }

  /** Changes at once what all containers may take together: as much as this machine has to spare. */
  allow(memoryBytes: number): void {
    this.#opened().desk.allow(memoryBytes);
  }

  /**
   * From now on no call begins: those that come, and those that wait for a container, are `evicted`; containers that are being
   * started for them are given up, and none is prewarmed. What runs goes on. Idempotent.
   */
  refuse(): void {
    if (this.#isRefusing) return;
    this.#isRefusing = true;
    this.#open?.equipment.hold.giveUpStarts();
    this.#open?.desk.dismissWaiting();
  }

  /** Takes calls again. Idempotent. */
  admit(): void {
    this.#isRefusing = false;
  }

  /** Containers that hold work, or are being ended and are not gone yet. */
  get occupied(): number {
    if (!this.#open) return 0;
    const { desk } = this.#open;
    return desk.entries.filter((entry) => entry.busy > 0).length + desk.leaving;
  }

  /**
   * Ends what runs in the container of this version and compartment, with the container: that is evicted. What runs alone, as a
   * suspect, goes on. Resolves when it is gone; never rejects.
   */
  async endCalls(version: RunnableVersion, compartment: Compartment): Promise<void> {
    if (!this.#open) return;
    const { desk } = this.#open;
    const { key } = this.#requestOf(version, compartment);
    const busy = desk.entries.filter((entry) => entry.busy > 0 && entry.key === key);
    await Promise.all(busy.map(({ id }) => desk.remove(id)));
  }

  /** Ends the containers in which something runs: that is evicted. Idle ones stay. Resolves when they are gone; never rejects. */
  async evictBusy(): Promise<void> {
    if (!this.#open) return;
    const { desk } = this.#open;
    const busy = desk.entries.filter((entry) => entry.busy > 0);
    await Promise.all(busy.map(({ id }) => desk.remove(id)));
  }

  figures(): PoolFigures {
    const states = this.#open?.desk.entries.map(({ state }) => state) ?? [];
    const count = (state: ContainerState): number => states.filter((one) => one === state).length;
    const containers = Object.fromEntries(CONTAINER_STATES.map((state) => [state, count(state)]));
    return {
      containers: containers as Record<ContainerState, number>,
      starts: this.#open?.desk.starts ?? { warm: 0, prewarmed: 0, cold: 0 },
      waiting: this.#open?.desk.waiting ?? 0,
    };
  }

  async #run(
    request: AppRequest,
    version: RunnableVersion,
    invocation: ChannelInvocation,
    givenUp?: AbortSignal,
  ): Promise<PoolResult> {
    const { desk } = this.#opened();
    for (;;) {
      if (this.#isRefusing) return EVICTED;
      const lease = await desk.lease(request, givenUp);
      if (lease === null) return this.#isRefusing ? EVICTED : { state: 'cancelled', coldStart: false };
      try {
        const host = await lease.entry.app();
        if (this.#isRefusing) return EVICTED;
        if (!(await this.#wake(lease, host))) continue;
        const result = await this.#invoke(lease, host, version, invocation);
        return { ...result, coldStart: lease.start !== 'warm' };
      } catch (error) {
        if (error instanceof EvictedError) return EVICTED;
        throw error;
      } finally {
        desk.giveBack(lease);
      }
    }
  }

  /** False when it does not wake up: it goes, and another takes its place. */
  async #wake({ entry }: ContainerLease, host: AppHost): Promise<boolean> {
    try {
      await host.resume();
      return true;
    } catch (error) {
      this.#logger.warn({ err: error }, 'A paused container could not be resumed; it is removed.');
      void this.#opened().desk.remove(entry.id);
      return false;
    }
  }

  /** A function that has not ended though its time is long over has timed out, whatever keeps its container from saying so. */
  #invoke(
    lease: ContainerLease,
    host: AppHost,
    version: RunnableVersion,
    invocation: ChannelInvocation,
  ): Promise<HostResult> {
    const limitSeconds = version.host.functionTimeoutSeconds;
    lease.limit(leakedAfterMs(limitSeconds), this.#opened().equipment.hold.workMs);
    const reclaimed = lease.reclaimed.then((): HostResult => ({ state: 'timedOut' }));
    return Promise.race([host.invoke(invocation, limitSeconds), reclaimed]);
  }

  #requestOf(version: RunnableVersion, compartment: Compartment | 'alone'): AppRequest {
    const wanted = {
      packageDigest: version.packageDigest,
      appVersionId: version.id,
      environment: environmentOf(version.appName, version.settings?.toEnvironment()),
    };
    // A container's environment never changes: with other settings it is another container, and the old one goes when it is idle.
    const key = `${version.id}/${version.settingsRevision ?? 0}/${compartment}`;
    return this.#request(key, wanted, version.container);
  }

  /** Containers made with other settings than the app has now are of another shape: idle they are removed. */
  #request(key: string, wanted: Omit<WantedApp, 'needs'>, container: ContainerSettings): AppRequest {
    const needs = needsOf(container, this.#opened().equipment.settings);
    return {
      key,
      shape: shapeOf(needs),
      memoryBytes: needs.limits.memoryBytes,
      concurrency: this.settings.concurrency,
      canSpecialise: canReplaceEnvironment(wanted.environment),
      app: { ...wanted, needs },
    };
  }

  #mustNotRefuse(): void {
    if (this.#isRefusing) throw new EvictedError();
  }

  #opened(): OpenPool {
    if (!this.#open) throw new Error('The pool was asked for a container before it was opened.');
    return this.#open;
  }
}
