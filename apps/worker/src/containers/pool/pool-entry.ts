import { newId } from '#shared/domain/ids.js';
import type { AppHost } from './app-host.js';
import { shapeOf, type ContainerNeeds } from './container-needs.js';
import type { Lease } from './lease.js';
import type { DrainableContainer } from './draining.js';
import type { PrewarmedHost } from './prewarmed-host.js';
import type { RestingContainer } from './upkeep.js';

/** For people and metrics. */
export const CONTAINER_STATES = ['starting', 'prewarmed', 'busy', 'idle', 'paused'] as const;
export type ContainerState = (typeof CONTAINER_STATES)[number];

export interface EntryEvents {
  /** It became ready, or idle: somebody who waits may have a place now. */
  onChange(): void;
  /** It is gone, or never came. */
  onOver(entry: PoolEntry): void;
}

/**
 * A container in the pool, from the moment on that its start was decided.
 *
 * Its life: it is **starting**, with an app (`load`) or without (`await`). Without one it then is **prewarmed**, until it is
 * loaded with an app and starts a second time. With its app it is **busy** while there are leases of it, else **idle**, and after
 * a while **paused**; a lease wakes it. It ends by itself, or because the pool makes it leave.
 */
export class PoolEntry implements DrainableContainer, RestingContainer {
  readonly id = newId();
  readonly shape: string;
  readonly leases = new Set<Lease>();
  lastUsedAtMs = performance.now();
  isDraining = false;
  #key: string | null = null;
  #app: Promise<AppHost> | undefined;
  #host: AppHost | undefined;
  #coming: Promise<PrewarmedHost> | undefined;
  #prewarmed: PrewarmedHost | undefined;
  #isLeaving = false;

  constructor(
    readonly needs: ContainerNeeds,
    private readonly events: EntryEvents,
  ) {
    this.shape = shapeOf(needs);
  }

  get key(): string | null {
    return this.#key;
  }

  get memoryBytes(): number {
    return this.needs.limits.memoryBytes;
  }

  get isStarting(): boolean {
    return this.#key === null ? this.#prewarmed === undefined : this.#host === undefined;
  }

  get isOver(): boolean {
    return this.#isLeaving || this.#host?.usable === false;
  }

  get isPaused(): boolean {
    return this.#host?.isPaused ?? false;
  }

  get busy(): number {
    return this.leases.size;
  }

  /** The set keeps the order in which they were taken. */
  get oldestLeaseAtMs(): number | null {
    const [oldest] = this.leases;
    return oldest?.takenAtMs ?? null;
  }

  get state(): ContainerState {
    if (this.isStarting) return 'starting';
    if (this.#key === null) return 'prewarmed';
    if (this.busy > 0) return 'busy';
    return this.isPaused ? 'paused' : 'idle';
  }

  /** It waits for its app, once its language worker is there. */
  await(coming: Promise<PrewarmedHost>): void {
    this.#coming = coming;
    void coming
      .then((prewarmed) => {
        this.#prewarmed = prewarmed;
        this.lastUsedAtMs = performance.now();
        this.events.onChange();
        return prewarmed.over;
      })
      .catch(() => undefined)
      .then(() => {
        if (this.#key === null) this.events.onOver(this);
      });
  }

  /** Takes what was prewarmed out of it, to be given its app. */
  takePrewarmed(): PrewarmedHost {
    const prewarmed = this.#prewarmed;
    if (!prewarmed) throw new Error('This container is not prewarmed.');
    this.#prewarmed = undefined;
    this.#coming = undefined;
    return prewarmed;
  }

  /** It gets an app. */
  load(key: string, app: Promise<AppHost>): void {
    this.#key = key;
    this.#app = app;
    void app
      .then((host) => {
        this.#host = host;
        this.events.onChange();
        return host.over;
      })
      .catch(() => undefined)
      .then(() => this.events.onOver(this));
  }

  /** Its app, which may be paused. Throws as the start did. */
  async app(): Promise<AppHost> {
    if (!this.#app) throw new Error('This container has no app.');
    return this.#app;
  }

  /** Only while there are no leases. Throws `EngineUnavailableError`. */
  async pause(): Promise<void> {
    await this.#host?.pause();
  }

  /** Ends it. Whoever has a lease of it is displaced. Never rejects. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.#coming?.then((prewarmed) => prewarmed.discard()).catch(() => undefined);
    await this.#app?.then((host) => host.retire()).catch(() => undefined);
  }
}
