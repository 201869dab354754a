import { LRUCache } from 'lru-cache';
import type { AppVersion } from '#shared/domain/function-app.js';
import { NotFoundError } from '#shared/domain/errors.js';
import type { CatalogueStore } from '#shared/store/catalogue-store.js';

const VERSIONS_KEPT = 500;

/** How soon changed settings of an app are followed. */
const POLL_MS = 2_000;

/**
 * App versions by id, read once: a version never changes. The settings of its app do, and they come with it: when the catalogue
 * has changed, which is asked every two seconds while the cache is open, everything is read again.
 */
export class VersionCache {
  readonly #versions = new LRUCache<string, Promise<AppVersion>>({ max: VERSIONS_KEPT });
  #revision: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;

  /** @param onRead is told of each version whenever it is read, so also after its app's settings have changed */
  constructor(
    private readonly catalogue: CatalogueStore,
    private readonly onRead: (version: AppVersion) => void = () => undefined,
  ) {}

  open(): void {
    this.#timer = setInterval(() => {
      this.#polling ??= this.refresh().finally(() => (this.#polling = undefined));
    }, POLL_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#polling;
  }

  /** Throws `NotFoundError`. */
  find(id: string): Promise<AppVersion> {
    let version = this.#versions.get(id);
    if (!version) {
      version = this.#read(id);
      this.#versions.set(id, version);
      version.catch(() => this.#versions.delete(id));
    }
    return version;
  }

  /** Forgets what was read when the catalogue has changed since. While SQL is away, what is known goes on. */
  async refresh(): Promise<void> {
    const revision = await this.catalogue.revision().catch(() => this.#revision);
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#versions.clear();
  }

  async #read(id: string): Promise<AppVersion> {
    const version = await this.catalogue.findVersion(id);
    if (!version) throw new NotFoundError('app version', id);
    this.onRead(version);
    return version;
  }
}
