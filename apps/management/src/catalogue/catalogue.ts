import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { Placement } from '#shared/domain/placement.js';
import { CatalogueStore, type NewAppVersion } from '#shared/store/catalogue-store.js';
import { PlacementStore } from '#shared/store/placement-store.js';
import { PlacementIndex } from './placement-index.js';

/** How soon this instance notices what another one published. */
const POLL_MS = 1_000;

/** Told of every change, with all active versions, the oldest app first. */
export type CatalogueListener = (versions: readonly AppVersion[]) => void;

/**
 * The active versions, and what their functions ask of machines, in memory, for whoever answers from them without a query. An activation here is seen at once; one by
 * another instance within a second, by the catalogue's revision.
 */
@Injectable()
export class Catalogue implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(Catalogue.name);
  private readonly listeners = new Set<CatalogueListener>();
  private versions: readonly AppVersion[] = [];
  private placements = new PlacementIndex();
  private revision = -1;
  private timer: NodeJS.Timeout | undefined;
  private isAway = false;
  /** Refreshes one after the other: an older answer never replaces a newer one. */
  private refreshing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: CatalogueStore,
    private readonly placementStore: PlacementStore,
  ) {}

  /** Reads the catalogue before anything is served: an empty one would answer 404 to every call. */
  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.poll(), POLL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** The oldest app first. */
  active(): readonly AppVersion[] {
    return this.versions;
  }

  /** By its name, without regard to case; undefined when the app has no active version. */
  find(appName: string): AppVersion | undefined {
    const name = appName.toLowerCase();
    return this.versions.find((version) => version.appName === name);
  }

  /** What a function asks of its machines, whatever its version; undefined: nothing. */
  placementOf(appId: string, functionName: string): Placement | undefined {
    return this.placements.of(appId, functionName);
  }

  /** Another one after each change of any placement. */
  get placementsFingerprint(): string {
    return this.placements.fingerprint;
  }

  /** Makes a version its app's active one and tells every listener before it returns. */
  async activate(version: NewAppVersion): Promise<AppVersion> {
    const activated = await this.store.activateVersion(version);
    await this.refresh();
    return activated;
  }

  /** Calls the listener now and at every change, until the returned function is called. */
  subscribe(listener: CatalogueListener): () => void {
    this.listeners.add(listener);
    listener(this.versions);
    return () => this.listeners.delete(listener);
  }

  refresh(): Promise<void> {
    const next = this.refreshing.then(() => this.readIfChanged());
    this.refreshing = next.catch(() => undefined);
    return next;
  }

  private async readIfChanged(): Promise<void> {
    // Before the versions: what is activated in between is read now or at the next poll, never missed.
    const revision = await this.store.revision();
    if (revision === this.revision) return;
    const [versions, placements] = await Promise.all([
      this.store.listActiveVersions(),
      this.placementStore.list(),
    ]);
    this.versions = versions;
    this.placements = new PlacementIndex(placements);
    this.revision = revision;
    for (const listener of this.listeners) listener(this.versions);
  }

  /** While SQL is away, what is known goes on being served. */
  private async poll(): Promise<void> {
    try {
      await this.refresh();
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) this.logger.warn({ err: error }, 'The catalogue could not be read again.');
      this.isAway = true;
    }
  }
}
