import { describe, expect, it } from '@jest/globals';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { CatalogueStore } from '#shared/store/catalogue-store.js';
import { VersionCache } from './version-cache.js';

/** A catalogue of one version, with so many processors; counts how often it is read. */
class Catalogue {
  cpus = 1;
  current = 1;
  reads = 0;
  isAway = false;

  async revision(): Promise<number> {
    if (this.isAway) throw new Error('SQL is away.');
    return this.current;
  }

  async findVersion(id: string): Promise<AppVersion | null> {
    this.reads += 1;
    return id === 'v' ? ({ id, container: { cpus: this.cpus } } as AppVersion) : null;
  }
}

describe('VersionCache', () => {
  it('reads a version once while the catalogue does not change', async () => {
    const catalogue = new Catalogue();
    const cache = new VersionCache(catalogue as unknown as CatalogueStore);
    await cache.refresh();
    await cache.find('v');
    await cache.refresh();
    await cache.find('v');
    expect(catalogue.reads).toBe(1);
  });

  it('reads it again, with its app’s settings, when the catalogue has changed', async () => {
    const catalogue = new Catalogue();
    const seen: unknown[] = [];
    const cache = new VersionCache(catalogue as unknown as CatalogueStore, ({ container }) =>
      seen.push(container.cpus),
    );
    await cache.refresh();
    await cache.find('v');
    Object.assign(catalogue, { cpus: 2, current: 2 });
    await cache.refresh();
    expect((await cache.find('v')).container).toEqual({ cpus: 2 });
    expect(seen).toEqual([1, 2]);
  });

  it('goes on with what it knows while the database is away', async () => {
    const catalogue = new Catalogue();
    const cache = new VersionCache(catalogue as unknown as CatalogueStore);
    await cache.refresh();
    await cache.find('v');
    catalogue.isAway = true;
    await cache.refresh();
    await cache.find('v');
    expect(catalogue.reads).toBe(1);
  });

  it('does not keep that a version is missing', async () => {
    const catalogue = new Catalogue();
    const cache = new VersionCache(catalogue as unknown as CatalogueStore);
    await expect(cache.find('other')).rejects.toThrow('app version');
    await expect(cache.find('other')).rejects.toThrow('app version');
    expect(catalogue.reads).toBe(2);
  });
});
