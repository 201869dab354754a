import { describe, expect, it } from '@jest/globals';
import { placementKey, type PlacementKey } from '#shared/domain/placement.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp } from './samples.js';

/** What functions ask of their machines, as `PlacementStore` keeps it. */
export function describePlacements(stores: StoresUnderTest): void {
  const newKey = async (): Promise<PlacementKey> =>
    placementKey((await activeApp(stores.one)).appId, 'Resize');

  describe('PlacementStore', () => {
    it('keeps a placement with who and when, and raises the revision of the catalogue', async () => {
      const key = await newKey();
      expect(await stores.one.placements.find(key)).toBeNull();
      const before = await stores.one.catalogue.revision();
      const placement = { requirements: 'labels.site == "köln"', rank: 'cores' };
      const made = await stores.one.placements.put({ ...key, placement, changedBy: 'Ada' });
      expect(made).toEqual({ ...key, version: 1, placement, changedBy: 'Ada', changedAt: expect.any(Date) });
      expect(made.functionName).toBe('resize');
      expect(await stores.other.placements.find(key)).toEqual(made);
      expect(await stores.other.placements.list()).toContainEqual(made);
      expect(await stores.other.catalogue.revision()).toBeGreaterThan(before);
    });

    it('replaces it whole, and counts the versions on over a removal', async () => {
      const key = await newKey();
      await stores.one.placements.put({ ...key, placement: { rank: 'cores' }, changedBy: 'Ada' });
      await stores.other.placements.put({ ...key, placement: { requirements: 'true' }, changedBy: 'Ben' });
      const before = await stores.one.catalogue.revision();
      expect(await stores.one.placements.remove(key, 'Cleo')).toBe(true);
      expect(await stores.one.catalogue.revision()).toBeGreaterThan(before);
      expect(await stores.one.placements.find(key)).toBeNull();
      expect((await stores.one.placements.list()).some(({ appId }) => appId === key.appId)).toBe(false);
      expect(await stores.other.placements.remove(key, 'Dora')).toBe(false);
      await stores.one.placements.put({ ...key, placement: { rank: '1' }, changedBy: 'Eva' });
      const told = (await stores.other.placements.history(key)).map((one) => [
        one.version,
        one.placement,
        one.changedBy,
      ]);
      expect(told).toEqual([
        [4, { rank: '1' }, 'Eva'],
        [3, null, 'Cleo'],
        [2, { requirements: 'true' }, 'Ben'],
        [1, { rank: 'cores' }, 'Ada'],
      ]);
    });

    it('has no history of what never was', async () => {
      const key = await newKey();
      expect(await stores.one.placements.remove(key, 'Ada')).toBe(false);
      expect(await stores.one.placements.history(key)).toEqual([]);
    });

    it('loses no version when many write at once', async () => {
      const key = await newKey();
      const puts = stores.all.map((one, index) =>
        one.placements.put({ ...key, placement: { rank: String(index) }, changedBy: 'Ada' }),
      );
      const versions = (await Promise.all(puts)).map(({ version }) => version).sort();
      expect(versions).toEqual(stores.all.map((_, index) => index + 1));
      expect(await stores.one.placements.history(key)).toHaveLength(versions.length);
    });
  });
}
