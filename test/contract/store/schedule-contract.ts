import { describe, expect, it } from '@jest/globals';
import type { Schedule } from '#shared/domain/schedule.js';
import { newId } from '#shared/domain/ids.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newInvocation, newVersion, outcomeOf, SAMPLE_TIME, scheduleOf } from './samples.js';

async function schedulesOf(stores: Stores, appId: string): Promise<Schedule[]> {
  const all = await stores.schedules.listActive();
  return all.filter((schedule) => schedule.appId === appId);
}

async function onlySchedule(stores: Stores, appId: string): Promise<Schedule> {
  const [schedule, ...more] = await schedulesOf(stores, appId);
  if (!schedule || more.length > 0) throw new Error('There is not one schedule');
  return schedule;
}

function later(minutes: number): Date {
  return new Date(SAMPLE_TIME.getTime() + minutes * 60_000);
}

/** `ScheduleStore`, and what an activation does to schedules. */
export function describeSchedules(stores: StoresUnderTest): void {
  describe('ScheduleStore', () => {
    it('lists the schedules of the active version, which begin at the activation', async () => {
      const before = await stores.one.store.now();
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const schedule = await onlySchedule(stores.other, app.appId);
      expect(schedule).toMatchObject({
        appVersionId: app.id,
        functionName: 'zeta',
        expression: '0 0 2 * * *',
        useMonitor: true,
        runOnStartup: false,
        lastPlannedAt: null,
      });
      expect(schedule.activeSince.getTime()).toBeGreaterThanOrEqual(before.getTime());
    });

    it('keeps a schedule whose expression did not change, with its history, and takes its new settings', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const old = await onlySchedule(stores.one, app.appId);
      await stores.one.schedules.claimOccurrence(old.id, SAMPLE_TIME, null);
      const next = newVersion(app.appId, [{ ...scheduleOf('zeta', '0 0 2 * * *'), useMonitor: false }]);
      await stores.one.catalogue.activateVersion(next);
      expect(await onlySchedule(stores.one, app.appId)).toEqual({
        ...old,
        appVersionId: next.id,
        useMonitor: false,
        lastPlannedAt: SAMPLE_TIME,
      });
    });

    it('begins a schedule anew when its expression changed, also when it changes back', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const first = await onlySchedule(stores.one, app.appId);
      await stores.one.schedules.claimOccurrence(first.id, SAMPLE_TIME, null);
      await stores.one.catalogue.activateVersion(newVersion(app.appId, [scheduleOf('zeta', '0 0 3 * * *')]));
      const second = await onlySchedule(stores.one, app.appId);
      await stores.one.catalogue.activateVersion(newVersion(app.appId, [scheduleOf('zeta', '0 0 2 * * *')]));
      const third = await onlySchedule(stores.one, app.appId);
      expect(new Set([first.id, second.id, third.id]).size).toBe(3);
      expect(third).toMatchObject({ expression: '0 0 2 * * *', lastPlannedAt: null });
      await stores.one.catalogue.activateVersion(newVersion(app.appId, []));
      expect(await schedulesOf(stores.one, app.appId)).toEqual([]);
    });

    it('gives an occurrence to one of those who claim it at the same time, and accepts one invocation', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const { id } = await onlySchedule(stores.one, app.appId);
      const invocations = Array.from({ length: 8 }, () => newInvocation(app, { trigger: 'timer' }));
      const claims = await Promise.all(
        invocations.map((invocation, index) =>
          (index % 2 ? stores.one : stores.other).schedules.claimOccurrence(id, SAMPLE_TIME, invocation),
        ),
      );
      expect(claims.filter((claim) => claim === 'claimed')).toHaveLength(1);
      expect(claims.filter((claim) => claim === 'taken')).toHaveLength(7);
      const records = await Promise.all(invocations.map((one) => stores.one.invocations.find(one.id)));
      expect(records.map((record) => record !== null)).toEqual(claims.map((claim) => claim === 'claimed'));
      expect(records.find((record) => record !== null)).toMatchObject({ state: 'queued', trigger: 'timer' });
      expect(await stores.one.schedules.claimOccurrence(id, SAMPLE_TIME, null)).toBe('taken');
    });

    it('remembers the newest occurrence, in whatever order they are claimed, skipped ones too', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const { id } = await onlySchedule(stores.one, app.appId);
      expect(await stores.one.schedules.claimOccurrence(id, later(5), null)).toBe('claimed');
      expect(await stores.one.schedules.claimOccurrence(id, later(1), newInvocation(app))).toBe('claimed');
      expect((await onlySchedule(stores.one, app.appId)).lastPlannedAt).toEqual(later(5));
      expect(await stores.one.schedules.claimOccurrence(id, later(9), null)).toBe('claimed');
      expect((await onlySchedule(stores.one, app.appId)).lastPlannedAt).toEqual(later(9));
    });

    it('does not keep the claim when the invocation can not be accepted', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const { id } = await onlySchedule(stores.one, app.appId);
      const impossible = newInvocation(app, { functionName: null as unknown as string });
      await expect(stores.one.schedules.claimOccurrence(id, SAMPLE_TIME, impossible)).rejects.toThrow();
      expect((await onlySchedule(stores.one, app.appId)).lastPlannedAt).toBeNull();
      expect(await stores.one.schedules.claimOccurrence(id, SAMPLE_TIME, newInvocation(app))).toBe('claimed');
    });

    it('gives one of several occurrences that are claimed at the same time, so that runs never overlap', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const { id } = await onlySchedule(stores.one, app.appId);
      const claim = (index: number) =>
        (index % 2 ? stores.one : stores.other).schedules.claimOccurrence(
          id,
          later(index),
          newInvocation(app, { trigger: 'timer' }),
        );
      const claims = await Promise.all(Array.from({ length: 8 }, (_, index) => claim(index)));
      expect(claims.toSorted()).toEqual(['claimed', ...Array<string>(7).fill('overlaps')]);
      const first = claims.indexOf('claimed');
      expect((await onlySchedule(stores.one, app.appId)).lastPlannedAt).toEqual(later(first));
      expect(await stores.other.schedules.claimOccurrence(id, later(20), null)).toBe('claimed');
      expect(await stores.other.schedules.claimOccurrence(id, later(first), null)).toBe('taken');
    });

    it('finds the schedule of a function of the active version, with its zone', async () => {
      const schedule = { ...scheduleOf('zeta', '0 0 2 * * *'), timeZone: 'Europe/Berlin' };
      const app = await activeApp(stores.one, [schedule]);
      expect(await stores.other.schedules.find(app.appId, 'zeta')).toEqual(
        await onlySchedule(stores.one, app.appId),
      );
      expect(await stores.other.schedules.find(app.appId, 'zeta')).toMatchObject({
        timeZone: 'Europe/Berlin',
      });
      expect(await stores.other.schedules.find(app.appId, 'other')).toBeNull();
      expect(await stores.other.schedules.find(newId(), 'zeta')).toBeNull();
    });

    it('begins a schedule anew when its zone changed', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const before = await onlySchedule(stores.one, app.appId);
      expect(before.timeZone).toBeNull();
      const moved = { ...scheduleOf('zeta', '0 0 2 * * *'), timeZone: 'Asia/Tokyo' };
      await stores.one.catalogue.activateVersion(newVersion(app.appId, [moved]));
      const after = await onlySchedule(stores.one, app.appId);
      expect(after.id).not.toBe(before.id);
      await stores.one.catalogue.activateVersion(newVersion(app.appId, [moved]));
      expect((await onlySchedule(stores.one, app.appId)).id).toBe(after.id);
    });

    it('has an unfinished run from the acceptance of an invocation to its end', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const { id } = await onlySchedule(stores.one, app.appId);
      expect(await stores.one.schedules.hasUnfinishedRun(id)).toBe(false);
      const invocation = newInvocation(app, { trigger: 'timer' });
      await stores.one.schedules.claimOccurrence(id, SAMPLE_TIME, invocation);
      await stores.one.schedules.claimOccurrence(id, later(1), null);
      expect(await stores.other.schedules.hasUnfinishedRun(id)).toBe(true);
      expect(await stores.other.schedules.hasUnfinishedRun(newId())).toBe(false);
      await stores.one.invocations.recordOutcomes([outcomeOf(invocation, 1001)]);
      expect(await stores.other.schedules.hasUnfinishedRun(id)).toBe(false);
    });
  });
}
