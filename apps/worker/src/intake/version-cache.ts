import { LRUCache } from 'lru-cache';
import type { AppVersion } from '#shared/domain/function-app.js';
import { NotFoundError } from '#shared/domain/errors.js';
import type { CatalogueStore } from '#shared/store/catalogue-store.js';

const VERSIONS_KEPT = 500;

/** App versions by id, read once: a version never changes. */
export class VersionCache {
  readonly #versions = new LRUCache<string, Promise<AppVersion>>({ max: VERSIONS_KEPT });

  constructor(private readonly catalogue: CatalogueStore) {}

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

  async #read(id: string): Promise<AppVersion> {
    const version = await this.catalogue.findVersion(id);
    if (!version) throw new NotFoundError('app version', id);
    return version;
  }
}
