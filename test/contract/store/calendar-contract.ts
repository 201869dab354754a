import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { StoresUnderTest } from './database-under-test.js';
import { defined } from './definition-contract.js';
import { activeApp, newCalendar, NIGHT } from './samples.js';

/** `CalendarStore`. */
export function describeCalendars(stores: StoresUnderTest): void {
  const newName = (): string => `calendar-${newId()}`;

  describe('CalendarStore', () => {
    it('keeps a calendar with who and when', async () => {
      const name = newName();
      expect(await stores.one.calendars.find(name)).toBeNull();
      const put = await stores.one.calendars.put({ name, calendar: newCalendar(), changedBy: 'Ada' });
      const calendar = {
        name,
        version: 1,
        calendar: newCalendar(),
        changedBy: 'Ada',
        changedAt: expect.any(Date),
      };
      expect(put).toEqual({ kind: 'created', calendar });
      expect(await stores.other.calendars.find(name)).toEqual(calendar);
      expect(await stores.other.calendars.list()).toContainEqual(calendar);
    });

    it('writes a new version only of another content, and none over what it was not made from', async () => {
      const name = newName();
      const put = (dayStartsAt: string, expectedVersion?: number) =>
        stores.other.calendars.put({
          name,
          calendar: newCalendar({ dayStartsAt }),
          changedBy: 'Ben',
          expectedVersion,
        });
      expect(await put('00:00', 1)).toEqual({ kind: 'otherVersion', version: null });
      await put('00:00', 0);
      expect(await put('00:00')).toMatchObject({ kind: 'unchanged', calendar: { version: 1 } });
      expect(await put('01:00', 0)).toEqual({ kind: 'otherVersion', version: 1 });
      expect(await put('01:00', 1)).toMatchObject({ kind: 'changed', calendar: { version: 2 } });
      expect(await stores.one.calendars.remove(name, 'Cleo')).toEqual({ kind: 'removed' });
      expect(await stores.one.calendars.remove(name, 'Cleo')).toEqual({ kind: 'unknown' });
      expect(await stores.one.calendars.find(name)).toBeNull();
      expect((await stores.one.calendars.list()).map((one) => one.name)).not.toContain(name);
      expect(await put('01:00', 0)).toMatchObject({ kind: 'created', calendar: { version: 4 } });
      const history = await stores.one.calendars.history(name);
      expect(history.map((one) => [one.version, one.calendar?.dayStartsAt, one.changedBy])).toEqual([
        [4, '01:00', 'Ben'],
        [3, undefined, 'Cleo'],
        [2, '01:00', 'Ben'],
        [1, '00:00', 'Ben'],
      ]);
    });

    it('is not removed while a definition names it', async () => {
      const name = newName();
      const app = await activeApp(stores.one);
      await stores.one.calendars.put({ name, calendar: newCalendar(), changedBy: 'Ada' });
      const batch = await defined(stores.one, app, { name: 'b', window: NIGHT, calendar: name });
      expect(await stores.other.calendars.remove(name, 'Ben')).toEqual({
        kind: 'used',
        by: [`${app.appName}/b`],
      });
      await stores.one.batchDefinitions.remove({ appId: app.appId, name: batch.definition.name });
      expect(await stores.other.calendars.remove(name, 'Ben')).toEqual({ kind: 'removed' });
    });

    it('has the scheduler look at the batches that use it', async () => {
      const name = newName();
      const app = await activeApp(stores.one);
      await stores.one.calendars.put({ name, calendar: newCalendar(), changedBy: 'Ada' });
      const batch = await defined(stores.one, app, { window: NIGHT, calendar: name });
      const paused = await defined(stores.one, app, { window: NIGHT, calendar: name });
      await stores.one.batchDefinitions.pause({ appId: app.appId, name: paused.definition.name }, 'Ada', '');
      const due = async (): Promise<boolean[]> =>
        Promise.all(
          [batch, paused].map(
            async ({ id }) => (await stores.one.batchDefinitions.findById(id))?.nextDueAt !== null,
          ),
        );
      await stores.one.occurrences.setNextDue(batch.id, 1, null);
      expect(await due()).toEqual([false, false]);
      await stores.one.calendars.put({ name, calendar: newCalendar(), changedBy: 'Ada' });
      expect(await due()).toEqual([false, false]);
      await stores.one.calendars.put({
        name,
        calendar: newCalendar({ additions: ['2026-12-26'] }),
        changedBy: 'Ada',
      });
      expect(await due()).toEqual([true, false]);
    });
  });
}
