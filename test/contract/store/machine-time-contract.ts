import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { MachineReport } from '#shared/domain/machine.js';
import type { TimeRange } from '#shared/store/machine-time-store.js';
import { waitFor } from '../../support/wait-for.js';
import type { StoresUnderTest } from './database-under-test.js';
import { newMachine } from './samples.js';

const LONG = 3600;
const HOUR_MS = 3_600_000;

/** What machines' time was spent on, as heartbeats book it and `MachineTimeStore` reads it. */
export function describeMachineTime(stores: StoresUnderTest): void {
  /** A machine alone in its pool, with the hours around now. */
  const alone = (more: Partial<MachineReport> = {}): { machine: MachineReport; range: TimeRange } => {
    const pool = `pool-${newId()}`;
    const nowMs = Date.now();
    const range = { from: new Date(nowMs - 3 * HOUR_MS), until: new Date(nowMs + 3 * HOUR_MS), pool };
    return { machine: newMachine({ pool, cores: 4, slotsBusy: 0, ...more }), range };
  };
  /** Until the database's clock has gone on, so that there is a span to book. */
  const someTime = async (): Promise<void> => {
    const start = await stores.one.store.now();
    await waitFor(async () => (await stores.one.store.now()).getTime() > start.getTime() + 20, {
      timeoutMs: 60_000,
    });
  };
  const statesOf = async (range: TimeRange): Promise<string[]> =>
    (await stores.other.machineTime.sums(range)).map(({ state, reason }) => `${state} ${reason}`.trim());

  describe('MachineTimeStore', () => {
    it('books nothing before the second heartbeat', async () => {
      const { machine, range } = alone();
      await stores.one.machines.heartbeat(machine, LONG);
      expect(await stores.one.machineTime.sums(range)).toEqual([]);
    });

    it('books the time between two heartbeats on what the first one said', async () => {
      const { machine, range } = alone({ capacity: { state: 'owner/idle', reason: 'USER_ACTIVE' } });
      await stores.one.machines.heartbeat(machine, LONG);
      const first = await stores.one.machines.find(machine.id, LONG);
      await someTime();
      const busy = { ...machine, capacity: { state: 'claimed/busy', reason: '' } } as const;
      await stores.one.machines.heartbeat(busy, LONG);
      expect(await statesOf(range)).toEqual(['owner/idle USER_ACTIVE']);
      await someTime();
      await stores.other.machines.heartbeat({ ...busy, busyCores: 1 }, LONG);
      const last = await stores.one.machines.find(machine.id, LONG);
      const sums = await stores.other.machineTime.sums(range);
      const [claimed, owner] = sums;
      expect(sums).toHaveLength(2);
      expect(owner).toMatchObject({ state: 'owner/idle', offeredCoreSeconds: 0, usedCoreSeconds: 0 });
      expect(owner?.coreSeconds).toBeCloseTo(4 * (owner?.seconds ?? 0), 6);
      expect(claimed).toMatchObject({ state: 'claimed/busy', reason: '' });
      expect(claimed?.offeredCoreSeconds).toBeCloseTo(4 * (claimed?.seconds ?? 0), 6);
      expect(claimed?.usedCoreSeconds).toBeCloseTo(claimed?.seconds ?? 0, 6);
      const wholeMs = (last?.lastSeenAt.getTime() ?? 0) - (first?.lastSeenAt.getTime() ?? 0);
      expect((owner?.seconds ?? 0) + (claimed?.seconds ?? 0)).toBeCloseTo(wholeMs / 1000, 6);
    });

    it('takes what comes after the lease for time away', async () => {
      const { machine, range } = alone();
      await stores.one.machines.heartbeat(machine, -1);
      await someTime();
      await stores.one.machines.heartbeat(machine, LONG);
      expect(await statesOf(range)).toEqual(['offline']);
    });

    it('books the silence of machines that stay away, once', async () => {
      const { machine, range } = alone();
      const there = alone();
      await stores.one.machines.heartbeat(machine, -1);
      await stores.one.machines.heartbeat(there.machine, LONG);
      await someTime();
      await Promise.all(stores.all.map(({ machineTime }) => machineTime.bookSilence(0.01)));
      expect(await statesOf(range)).toEqual(['offline']);
      expect(await statesOf(there.range)).toEqual(['unclaimed/idle']);
      const [before] = await stores.one.machineTime.sums(range);
      expect(await stores.one.machineTime.bookSilence(LONG)).toBe(0);
      expect(await stores.one.machineTime.sums(range)).toEqual([before]);
      await someTime();
      await stores.one.machines.heartbeat(machine, LONG);
      const [after] = await stores.one.machineTime.sums(range);
      const away = await stores.one.machines.find(machine.id, LONG);
      expect(after?.seconds).toBeGreaterThan(before?.seconds ?? Infinity);
      expect(after?.seconds).toBeLessThanOrEqual(
        ((away?.lastSeenAt.getTime() ?? 0) - range.from.getTime()) / 1000,
      );
    });

    it('adds up all heartbeats of an hour in one row for each state', async () => {
      const { machine, range } = alone({ capacity: { state: 'unclaimed/idle', reason: '' } });
      for (let beat = 0; beat < 4; beat++) {
        await stores.one.machines.heartbeat(machine, LONG);
        await someTime();
      }
      const hours = await stores.other.machineTime.hours(range, 100);
      expect(hours.length).toBeGreaterThanOrEqual(1);
      // Two where the clock has just struck.
      expect(hours.length).toBeLessThanOrEqual(2);
      for (const one of hours) {
        expect(one).toMatchObject({ machineId: machine.id, state: 'unclaimed/idle' });
        expect(one.hour.getTime() % HOUR_MS).toBe(0);
      }
      expect(await stores.one.machineTime.hours(range, 1)).toHaveLength(1);
    });

    it('reads whole hours of the range, of one machine or of all of a pool', async () => {
      const { machine, range } = alone();
      await stores.one.machines.heartbeat(machine, LONG);
      await someTime();
      await stores.one.machines.heartbeat(machine, LONG);
      const { pool: _pool, ...all } = range;
      expect(await statesOf({ ...all, machineId: machine.id })).toEqual(['unclaimed/idle']);
      expect(await statesOf({ ...all, machineId: newId() })).toEqual([]);
      expect(await statesOf({ ...range, pool: newId() })).toEqual([]);
      expect(await statesOf({ ...range, until: range.from })).toEqual([]);
    });

    it('reads by hour or day, pool by pool or together', async () => {
      const { machine, range } = alone({ capacity: { state: 'claimed/busy', reason: '' } });
      await stores.one.machines.heartbeat(machine, LONG);
      await someTime();
      await stores.one.machines.heartbeat({ ...machine, busyCores: 2 }, LONG);
      const [sum] = await stores.one.machineTime.sums(range);
      for (const step of ['hour', 'day'] as const) {
        for (const byPool of [true, false]) {
          const steps = await stores.other.machineTime.steps(range, { step, byPool });
          const size = step === 'hour' ? HOUR_MS : 24 * HOUR_MS;
          expect(steps.map(({ at }) => at.getTime() % size)).toEqual(steps.map(() => 0));
          expect(new Set(steps.map(({ pool }) => pool))).toEqual(new Set([byPool ? range.pool : null]));
          const total = (name: 'allocated' | 'used' | 'offered' | 'idle' | 'owner' | 'down'): number =>
            steps.reduce((whole, one) => whole + one[name], 0);
          expect(total('allocated')).toBeCloseTo(sum?.coreSeconds ?? NaN, 6);
          expect(total('used')).toBeCloseTo((sum?.coreSeconds ?? NaN) / 2, 6);
          expect(total('offered')).toBeCloseTo(total('allocated'), 6);
          expect([total('idle'), total('owner'), total('down')]).toEqual([0, 0, 0]);
        }
      }
    });

    it('leaves a machine’s hours with the pool in which they were spent', async () => {
      const { machine, range } = alone();
      await stores.one.machines.heartbeat(machine, LONG);
      await someTime();
      const moved = { ...machine, pool: `pool-${newId()}` };
      await stores.one.machines.heartbeat(moved, LONG);
      expect(await statesOf(range)).toEqual(['unclaimed/idle']);
      expect(await statesOf({ ...range, pool: moved.pool })).toEqual([]);
      expect(await stores.one.machineTime.hours({ ...range, pool: moved.pool }, 10)).toEqual([]);
    });

    it('does not add up the hour that goes on', async () => {
      const { machine, range } = alone();
      await stores.one.machines.heartbeat(machine, LONG);
      await someTime();
      await stores.one.machines.heartbeat(machine, LONG);
      const before = await stores.one.machineTime.sums(range);
      await Promise.all(stores.all.map(({ machineTime }) => machineTime.sumUp()));
      expect(await stores.one.machineTime.sums(range)).toEqual(before);
      await someTime();
      await stores.one.machines.heartbeat(machine, LONG);
      const [after] = await stores.one.machineTime.sums(range);
      expect(after?.seconds).toBeGreaterThan(before[0]?.seconds ?? Infinity);
    });

    it('removes only what is old enough', async () => {
      const { machine, range } = alone();
      await stores.one.machines.heartbeat(machine, LONG);
      await someTime();
      await stores.one.machines.heartbeat(machine, LONG);
      await stores.one.machineTime.removeOlder(1);
      expect(await statesOf(range)).toEqual(['unclaimed/idle']);
      // Hours that begin before tomorrow.
      await stores.one.machineTime.removeOlder(-1);
      expect(await statesOf(range)).toEqual([]);
    });
  });
}
