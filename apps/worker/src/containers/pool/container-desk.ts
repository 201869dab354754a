import type { ContainerStarter, WantedApp } from './container-starter.js';
import type { ContainerNeeds } from './container-needs.js';
import { chooseDraining } from './draining.js';
import { Lease, START_KINDS, type StartKind } from './lease.js';
import {
  evictable,
  evictionsFor,
  findWarm,
  place,
  type ContainerRequest,
  type Placement,
} from './placement.js';
import { PoolEntry } from './pool-entry.js';
import { recentColdStarts, type ColdStart } from './prewarming.js';
import { PoolClosedError, WaitingLine } from './waiting-line.js';

/** A request, with the app that a container would have to be given for it. */
export interface AppRequest extends ContainerRequest {
  readonly app: WantedApp;
}

/** A lease of a container of the pool. */
export type ContainerLease = Lease<PoolEntry>;

/** Hands out leases of containers and has containers made for them: the effects of the decisions in `placement.ts`. */
export class ContainerDesk {
  readonly #entries = new Map<string, PoolEntry>();
  readonly #line = new WaitingLine<AppRequest, ContainerLease>();
  readonly #leaving = new Set<Promise<void>>();
  #coldStarts: readonly ColdStart[] = [];
  #isClosed = false;
  #draining: { readonly entry: PoolEntry; readonly sinceMs: number } | undefined;
  /** How many leases there were of each kind. */
  readonly starts = Object.fromEntries(START_KINDS.map((kind) => [kind, 0])) as Record<StartKind, number>;

  /** @param memoryLimitBytes of all containers together */
  constructor(
    private readonly starter: ContainerStarter,
    private memoryLimitBytes: number,
  ) {}

  get entries(): readonly PoolEntry[] {
    return [...this.#entries.values()];
  }

  get waiting(): number {
    return this.#line.length;
  }

  get limitBytes(): number {
    return this.memoryLimitBytes;
  }

  /** Within the last minute: the containers that had to be got ready because somebody waited for them. */
  coldStarts(nowMs: number): readonly ColdStart[] {
    this.#coldStarts = recentColdStarts(this.#coldStarts, nowMs);
    return this.#coldStarts;
  }

  /**
   * Waits for a container where it must. Who has come before is served before, but for containers that have room already.
   * Null when the asker has given up. Throws `PoolClosedError`.
   */
  async lease(request: AppRequest, givenUp?: AbortSignal): Promise<ContainerLease | null> {
    this.#mustBeOpen();
    const lease = this.#offer(request, this.#line.length === 0);
    if (lease) return lease;
    const waited = await this.#line.join(request, givenUp);
    if (waited === null) this.#settle();
    return waited;
  }

  /** A lease that takes nothing from anybody: undefined where somebody would have to wait or to go for it. */
  leaseSpare(request: AppRequest): ContainerLease | undefined {
    if (this.#isClosed || this.#line.length > 0) return undefined;
    const placement = place(this.entries, request, this.memoryLimitBytes);
    if (placement.action === 'start' && placement.evict.length > 0) return undefined;
    return this.#carryOut(placement, request);
  }

  giveBack(lease: ContainerLease): void {
    const { entry } = lease;
    entry.leases.delete(lease);
    entry.lastUsedAtMs = performance.now();
    if (this.#line.length > 0) this.#settle();
  }

  /**
   * Lets no one into a container any more that will soon be idle then, where somebody has waited for long though all others were
   * served. To be called every now and then.
   */
  relieve(nowMs: number, patienceMs: number): void {
    const { head } = this.#line;
    if (this.#draining && head && nowMs - this.#draining.sinceMs < patienceMs) return;
    const hasWaited = head && nowMs - head.sinceMs >= patienceMs;
    const id = hasWaited ? chooseDraining(this.entries, head.order, this.memoryLimitBytes) : null;
    this.#drain(id === null ? undefined : this.#entries.get(id), nowMs);
  }

  /** Changes what all containers may take together. Idle ones go where it has become less; busy ones stay. */
  allow(memoryBytes: number): void {
    this.memoryLimitBytes = memoryBytes;
    const evict = evictionsFor(this.entries, memoryBytes) ?? evictable(this.entries).map(({ id }) => id);
    for (const id of evict) void this.remove(id);
    this.#settle();
  }

  /** Starts a container for nobody yet. */
  prewarm(needs: ContainerNeeds): Promise<unknown> {
    const entry = this.#add(needs);
    const coming = this.starter.startPrewarmed(needs);
    entry.await(coming);
    return coming;
  }

  /** Ends a container. It counts no more from now on; resolves when it is gone. Never rejects. */
  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    const left = entry.leave();
    this.#leaving.add(left);
    await left;
    this.#leaving.delete(left);
    this.#settle();
  }

  /** Sends away who waits for a container: they get none. */
  dismissWaiting(): void {
    this.#line.dismiss();
  }

  /** Containers that are being ended and are not gone yet. */
  get leaving(): number {
    return this.#leaving.size;
  }

  /** Ends all containers; who waits or runs is told. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#line.close();
    for (const id of this.#entries.keys()) void this.remove(id);
    await Promise.all(this.#leaving);
  }

  /** @param entry the one that is to become idle from now on; undefined: none */
  #drain(entry: PoolEntry | undefined, sinceMs: number): void {
    const before = this.#draining?.entry;
    this.#draining = entry && { entry, sinceMs };
    if (before === entry) return;
    if (before) before.isDraining = false;
    if (entry) entry.isDraining = true;
    this.#settle();
  }

  #settle(): void {
    if (!this.#isClosed) this.#line.offer((request, isHead) => this.#offer(request, isHead));
  }

  #offer(request: AppRequest, isHead: boolean): ContainerLease | undefined {
    if (isHead) return this.#carryOut(place(this.entries, request, this.memoryLimitBytes), request);
    const warm = findWarm(this.entries, request);
    return warm && this.#carryOut({ action: 'use', id: warm.id }, request);
  }

  #carryOut(placement: Placement, request: AppRequest): ContainerLease | undefined {
    switch (placement.action) {
      case 'use':
        return this.#leaseOf(this.#entries.get(placement.id), 'warm');
      case 'specialise':
        return this.#leaseOf(this.#specialise(placement.id, request), 'prewarmed');
      case 'start':
        for (const id of placement.evict) void this.remove(id);
        return this.#leaseOf(this.#start(request), 'cold');
      case 'wait':
        return undefined;
    }
  }

  #leaseOf(entry: PoolEntry | undefined, start: StartKind): ContainerLease | undefined {
    if (!entry) return undefined;
    const lease = new Lease(entry, start);
    entry.leases.add(lease);
    this.starts[start] += 1;
    return lease;
  }

  #specialise(id: string, request: AppRequest): PoolEntry | undefined {
    const entry = this.#entries.get(id);
    this.#countColdStart(request);
    entry?.load(request.key, this.starter.specialise(entry.takePrewarmed(), request.app));
    return entry;
  }

  #start(request: AppRequest): PoolEntry {
    const entry = this.#add(request.app.needs);
    this.#countColdStart(request);
    entry.load(request.key, this.starter.startApp(request.app));
    return entry;
  }

  #countColdStart({ shape, canSpecialise }: AppRequest): void {
    const atMs = performance.now();
    if (canSpecialise) this.#coldStarts = [...this.coldStarts(atMs), { shape, atMs }];
  }

  #add(needs: ContainerNeeds): PoolEntry {
    this.#mustBeOpen();
    const entry = new PoolEntry(needs, {
      onChange: () => this.#settle(),
      onOver: (over) => {
        this.#entries.delete(over.id);
        this.#settle();
      },
    });
    this.#entries.set(entry.id, entry);
    return entry;
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new PoolClosedError();
  }
}
