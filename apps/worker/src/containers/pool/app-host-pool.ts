import { effectiveSettings, settingsKey, type ContainerSettings } from '#shared/domain/container-settings.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { ChannelInvocation } from '../../channel/language-worker-channel.js';
import type { PackageCache } from '../../packages/package-cache.js';
import { AppHost } from './app-host.js';
import type { HostResult } from './ending.js';
import { environmentOf } from './environment.js';
import type { AppHostOrder, HostEquipment } from './host-equipment.js';
import { idleTooLong, place, type PooledHost } from './placement.js';

/**
 * Work of one compartment shares a container with nothing else of its app: `interactive` calls are not held up by a batch
 * that keeps its event loop busy, and each chunk slot has a process, so that a batch uses every core it is given.
 */
export type Compartment = 'interactive' | `chunk-${number}`;

export interface PoolSettings {
  readonly maxContainers: number;
  readonly idleSeconds: number;
}

/** A result, and whether its container had to be started for it. */
export type PoolResult = HostResult & { readonly coldStart: boolean };

interface Entry {
  readonly key: string;
  readonly host: Promise<AppHost>;
  started?: AppHost;
  busy: number;
  lastUsedAtMs: number;
}

const SWEEP_INTERVAL_MS = 5_000;

/** The containers of this worker: started when work needs them, kept warm, removed when nothing has for a while. */
export class AppHostPool {
  readonly #entries = new Map<string, Entry>();
  readonly #waiting: (() => void)[] = [];
  readonly #suspects = new Map<string, Promise<unknown>>();
  #sweeper: NodeJS.Timeout | undefined;
  #equipment: HostEquipment | undefined;

  constructor(
    private readonly packages: PackageCache,
    private readonly settings: PoolSettings,
  ) {}

  open(equipment: HostEquipment): void {
    this.#equipment = equipment;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#entries.keys()].map((key) => this.#evict(key)));
  }

  /**
   * Runs a function in the container of its version and compartment.
   * Throws `AppLoadError`, `EngineUnavailableError`, `PackageUnavailableError`, `ChannelTimeoutError`.
   */
  run(version: AppVersion, compartment: Compartment, invocation: ChannelInvocation): Promise<PoolResult> {
    return this.#run(version, keyOf(version, compartment), invocation);
  }

  /**
   * Runs a function alone in a container, one suspect of its version at a time: after a container has died with several
   * in flight this finds the one that is to blame.
   */
  runAlone(version: AppVersion, invocation: ChannelInvocation): Promise<PoolResult> {
    const earlier = this.#suspects.get(version.id) ?? Promise.resolve();
    const run = earlier.then(() => this.#run(version, keyOf(version, 'alone'), invocation));
    const settled = run.catch(() => undefined);
    this.#suspects.set(version.id, settled);
    void settled.then(() => {
      if (this.#suspects.get(version.id) === settled) this.#suspects.delete(version.id);
    });
    return run;
  }

  /** A container outside the pool that the caller must retire; for looking into a package. */
  async startApart(
    packageDigest: string,
    appVersionId: string,
    container: ContainerSettings,
  ): Promise<AppHost> {
    const order = { appVersionId, environment: environmentOf('index'), ...this.#confinement(container) };
    return this.#startHolding(packageDigest, order);
  }

  get size(): number {
    return this.#entries.size;
  }

  async #run(version: AppVersion, key: string, invocation: ChannelInvocation): Promise<PoolResult> {
    const lease = await this.#lease(version, key);
    try {
      const host = await lease.entry.host;
      const result = await host.invoke(invocation, version.host.functionTimeoutSeconds);
      return { ...result, coldStart: lease.coldStart };
    } finally {
      this.#release(lease.entry);
    }
  }

  async #lease(version: AppVersion, key: string): Promise<{ entry: Entry; coldStart: boolean }> {
    for (;;) {
      this.#forgetIfOver(key);
      const placement = place(this.#snapshot(), key, this.settings.maxContainers);
      if (placement.action === 'wait') {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        continue;
      }
      if (placement.action === 'evictAndStart') void this.#evict(placement.evict);
      const found = this.#entries.get(key);
      const entry = found ?? this.#start(version, key);
      entry.busy += 1;
      return { entry, coldStart: !found };
    }
  }

  #release(entry: Entry): void {
    entry.busy -= 1;
    entry.lastUsedAtMs = performance.now();
    if (entry.busy === 0) this.#wakeWaiting();
  }

  #start(version: AppVersion, key: string): Entry {
    const host = this.#startHost(version);
    const entry: Entry = { key, host, busy: 0, lastUsedAtMs: performance.now() };
    this.#entries.set(key, entry);
    // An entry whose container is gone (or never came) makes room at once: the next request starts another.
    void host
      .then((started) => {
        entry.started = started;
        return started.over;
      })
      .catch(() => undefined)
      .then(() => this.#forget(entry));
    return entry;
  }

  async #startHost(version: AppVersion): Promise<AppHost> {
    return this.#startHolding(version.packageDigest, {
      appVersionId: version.id,
      environment: environmentOf(version.appName),
      ...this.#confinement(version.container),
    });
  }

  #confinement(container: ContainerSettings): Pick<AppHostOrder, 'limits' | 'network'> {
    const { defaults, caps } = this.#ready().settings;
    const { network, ...limits } = effectiveSettings(container, defaults, caps);
    return { limits, network };
  }

  /** The package stays on this machine as long as the container does: it is mounted, not copied. */
  async #startHolding(digest: string, order: Omit<AppHostOrder, 'packageFolder'>): Promise<AppHost> {
    const { folder, release } = await this.packages.hold(digest);
    try {
      const host = await AppHost.start(this.#ready(), { ...order, packageFolder: folder });
      void host.over.then(release, release);
      return host;
    } catch (error) {
      release();
      throw error;
    }
  }

  #ready(): HostEquipment {
    if (!this.#equipment) throw new Error('The pool was asked for a container before it was opened.');
    return this.#equipment;
  }

  #sweep(): void {
    const hosts = this.#snapshot();
    for (const key of idleTooLong(hosts, performance.now(), this.settings.idleSeconds)) void this.#evict(key);
  }

  async #evict(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#forget(entry);
    await entry.host.then(
      (host) => host.retire(),
      () => undefined,
    );
  }

  #forget(entry: Entry): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    this.#wakeWaiting();
  }

  /** A container that is dying takes nothing more, though its end has not been reported yet. */
  #forgetIfOver(key: string): void {
    const entry = this.#entries.get(key);
    if (entry?.started && !entry.started.usable) this.#forget(entry);
  }

  #wakeWaiting(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #snapshot(): PooledHost[] {
    return [...this.#entries.values()];
  }
}

/** Containers made with other settings than the app has now are others: nothing new goes to them, and idle they are removed. */
function keyOf(version: AppVersion, compartment: Compartment | 'alone'): string {
  return `${version.id}/${compartment}/${settingsKey(version.container)}`;
}
