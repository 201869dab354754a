import { z } from 'zod';
import { calendarSchema } from '#shared/contracts/batch-definition/calendar-schema.js';
import type { CalendarVersion, DefinedCalendar } from '#shared/domain/defined-batch.js';

const moment = z.iso.datetime();

const calendar = calendarSchema.describe('Complete: what was left out has its default.');
const change = z.object({
  name: z.string(),
  version: z.number().int(),
  changedBy: z.string(),
  changedAt: moment,
});

export const calendarView = change.extend({ calendar });
export const importedHolidaysView = calendarView.extend({
  notes: z.array(z.string()).describe('What of the file was left out, and why.'),
});
export const calendarListView = z.object({ calendars: z.array(calendarView) });
export const calendarHistoryView = z.object({
  versions: z.array(change.extend({ calendar: calendar.nullable().describe('null: it was removed.') })),
});

export type CalendarView = z.infer<typeof calendarView>;
export type ImportedHolidaysView = z.infer<typeof importedHolidaysView>;
export type CalendarListView = z.infer<typeof calendarListView>;
export type CalendarHistoryView = z.infer<typeof calendarHistoryView>;

export function toCalendarView({ changedAt, calendar: shown, ...rest }: DefinedCalendar): CalendarView {
  return { ...rest, calendar: shown as CalendarView['calendar'], changedAt: changedAt.toISOString() };
}

export function toCalendarHistory(versions: readonly CalendarVersion[]): CalendarHistoryView {
  return {
    versions: versions.map(({ changedAt, calendar: shown, ...rest }) => ({
      ...rest,
      calendar: shown as CalendarView['calendar'] | null,
      changedAt: changedAt.toISOString(),
    })),
  };
}
