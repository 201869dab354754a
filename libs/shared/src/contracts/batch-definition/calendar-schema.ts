import { z } from 'zod';
import { BATCH_WEEKDAYS } from '../../domain/batch-definition.js';
import type { BatchCalendar } from '../../domain/batch-definition.js';
import { fields, list, oneOf, text, timeOfDay, zoneName } from './fields.js';
import { notRight, problemsOf } from './parse-definition.js';

/** Ten years of a country with many holidays are a tenth of it. */
const MOST_DATES = 10_000;

const dateRule = 'must be a date such as "2026-12-25"';
const date = z.iso.date(dateRule);
const dates = list(date, 0, MOST_DATES);

export const calendarSchema = fields({
  timeZone: zoneName,
  businessDays: list(oneOf(BATCH_WEEKDAYS), 0, 7).default(['mon', 'tue', 'wed', 'thu', 'fri']),
  holidays: list(fields({ date, name: text(0, 255).default('') }), 0, MOST_DATES).default([]),
  exclusions: dates.default([]),
  additions: dates.default([]),
  dayStartsAt: timeOfDay.default('00:00'),
});

/** Makes a calendar of what a client sent. Throws `InvalidInputError` with a detail per thing that is wrong. */
export function parseCalendar(value: unknown): BatchCalendar {
  const parsed = calendarSchema.safeParse(value);
  if (!parsed.success) throw notRight('calendar', problemsOf(parsed.error, 'calendar'));
  const calendar: BatchCalendar = parsed.data;
  const conflicts = conflictsOf(calendar);
  if (conflicts.length > 0) throw notRight('calendar', conflicts);
  return Object.freeze(calendar);
}

function conflictsOf({ businessDays, exclusions, additions }: BatchCalendar): string[] {
  const both = exclusions.filter((one) => additions.includes(one));
  return [
    ...(businessDays.length === 0 && additions.length === 0
      ? ['businessDays and additions: neither names a day, so there would be no business day at all.']
      : []),
    ...both.map((one) => `exclusions and additions: both name ${one}; take it out of one.`),
  ];
}
