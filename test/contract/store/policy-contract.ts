import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { PolicyKey } from '#shared/domain/machine-policy.js';
import type { StoresUnderTest } from './database-under-test.js';
import { newMachine } from './samples.js';

const LONG = 3600;

/** Capacity policies, as `PolicyStore` keeps them and `MachineStore` hands them out with the answer to a heartbeat. */
export function describePolicies(stores: StoresUnderTest): void {
  const newKey = (): PolicyKey => ({ scope: 'group', name: `label=${newId()}` });

  describe('PolicyStore', () => {
    it('keeps a policy with who and when', async () => {
      const key = newKey();
      expect(await stores.one.policies.find(key)).toBeNull();
      const before = await stores.one.store.now();
      const knobs = { hours: { monday: '19:00-24:00' }, exclusiveApps: ['ö'] };
      const made = await stores.one.policies.put({ ...key, knobs, changedBy: 'Ada' });
      expect(made).toEqual({ ...key, version: 1, knobs, changedBy: 'Ada', changedAt: expect.any(Date) });
      expect(made.changedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
      expect(await stores.other.policies.find(key)).toEqual(made);
      expect(await stores.other.policies.list()).toContainEqual(made);
    });

    it('replaces all knobs, and counts the versions on over a removal', async () => {
      const key = newKey();
      await stores.one.policies.put({ ...key, knobs: { cpuCapPercent: 1 }, changedBy: 'Ada' });
      await stores.other.policies.put({ ...key, knobs: { hysteresisSeconds: 2 }, changedBy: 'Ben' });
      expect(await stores.one.policies.remove(key, 'Cleo')).toBe(true);
      expect(await stores.one.policies.find(key)).toBeNull();
      expect(await stores.other.policies.remove(key, 'Dora')).toBe(false);
      await stores.one.policies.put({ ...key, knobs: {}, changedBy: 'Eva' });
      const told = (await stores.other.policies.history(key)).map((one) => [
        one.version,
        one.knobs,
        one.changedBy,
      ]);
      expect(told).toEqual([
        [4, {}, 'Eva'],
        [3, null, 'Cleo'],
        [2, { hysteresisSeconds: 2 }, 'Ben'],
        [1, { cpuCapPercent: 1 }, 'Ada'],
      ]);
    });

    it('has no history of what never was', async () => {
      const key = newKey();
      expect(await stores.one.policies.remove(key, 'Ada')).toBe(false);
      expect(await stores.one.policies.history(key)).toEqual([]);
    });

    it('tells names apart by case', async () => {
      const key = newKey();
      const shouted = { ...key, name: key.name.toUpperCase() };
      await stores.one.policies.put({ ...key, knobs: {}, changedBy: 'Ada' });
      expect(await stores.one.policies.find(shouted)).toBeNull();
    });

    it('loses no version when many write at once', async () => {
      const key = newKey();
      const puts = stores.all.map((one, index) =>
        one.policies.put({ ...key, knobs: { cpuCapPercent: index + 1 }, changedBy: 'Ada' }),
      );
      const versions = (await Promise.all(puts)).map(({ version }) => version).sort();
      expect(versions).toEqual(stores.all.map((_, index) => index + 1));
      expect(await stores.one.policies.history(key)).toHaveLength(versions.length);
    });
  });

  describe('MachineStore, policies', () => {
    it('hands out the layers of a machine, its groups and its pool with each heartbeat', async () => {
      const pool = `pool-${newId()}`;
      const site = newId();
      const machine = newMachine({ pool });
      const layers = async (): Promise<unknown> =>
        (await stores.one.machines.heartbeat(machine, LONG)).policyLayers;
      expect(await layers()).toEqual({});
      await stores.other.machines.setLabels(machine.id, { site, rack: '7' });
      const put = (
        scope: PolicyKey['scope'],
        name: string,
        knobs: Record<string, unknown>,
      ): Promise<unknown> => stores.other.policies.put({ scope, name, knobs, changedBy: 'Ada' });
      await put('pool', pool, { profile: 'dedicated' });
      await put('pool', `pool-${newId()}`, { profile: 'background' });
      await put('machine', machine.id, { cpuCapPercent: 50 });
      await put('group', `site=${site}`, { hysteresisSeconds: 5 });
      await put('group', `site=${newId()}`, { hysteresisSeconds: 6 });
      expect(await layers()).toEqual({
        machine: { cpuCapPercent: 50 },
        group: { hysteresisSeconds: 5 },
        pool: { profile: 'dedicated' },
      });
      await stores.other.policies.remove({ scope: 'machine', name: machine.id }, 'Ada');
      await stores.other.machines.setLabels(machine.id, {});
      expect(await layers()).toEqual({ pool: { profile: 'dedicated' } });
    });
  });
}
