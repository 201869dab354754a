import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { UnavailableError } from '#shared/domain/errors.js';
import type { StoresUnderTest } from './database-under-test.js';

/** `Store`: migrations, the clock, secrets. */
export function describeInstallation(stores: StoresUnderTest): void {
  describe('Store', () => {
    it('says that an empty database is not usable yet', () => {
      expect(stores.checkedWhenEmpty).toBeInstanceOf(UnavailableError);
    });

    it('migrates an empty database once, however many processes start at the same time', async () => {
      expect(stores.all.length).toBeGreaterThan(2);
      for (const { store } of stores.all) await expect(store.check()).resolves.toBeUndefined();
      expect(await stores.one.catalogue.revision()).toBe(0);
    });

    it('finds nothing to do in a migrated database', async () => {
      await stores.one.store.migrate();
      await expect(stores.one.store.check()).resolves.toBeUndefined();
    });

    it('says the time of the database, which goes forward', async () => {
      const first = await stores.one.store.now();
      const second = await stores.other.store.now();
      expect(second.getTime()).toBeGreaterThanOrEqual(first.getTime());
      expect(Math.abs(first.getTime() - Date.now())).toBeLessThan(3600 * 1000);
    });

    it('makes a secret the first time and gives every process the same one', async () => {
      const name = `secret-${newId()}`;
      let made = 0;
      const generate = () => `${newId()} ${(made += 1)}`;
      const secrets = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).store.installationSecret(name, generate),
        ),
      );
      expect(new Set(secrets).size).toBe(1);
      expect(await stores.one.store.installationSecret(name, () => 'another')).toBe(secrets[0]);
      expect(await stores.one.store.installationSecret(`${name} 2`, () => 'another')).toBe('another');
    });
  });
}
