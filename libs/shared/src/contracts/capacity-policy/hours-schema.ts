import { z } from 'zod';
import {
  ALWAYS,
  weeklyHours,
  type WeeklyHours,
  type WeeklySpan,
} from '../../domain/capacity/weekly-hours.js';

/** As they are written in hours; Monday is the first. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
const MINUTES_PER_DAY = 24 * 60;
const RANGE = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/;
const RANGE_MESSAGE =
  'must be local times "hh:mm-hh:mm" such as "19:00-24:00"; an end before its beginning is on the next day';

/** Minutes of a day; the end may lie in the next one. */
interface DayRange {
  readonly fromMinute: number;
  readonly minutes: number;
}

const rangeSchema = z
  .string(RANGE_MESSAGE)
  .regex(RANGE, RANGE_MESSAGE)
  .transform((text, context): DayRange => {
    const range = rangeOf(text);
    if (range) return range;
    context.addIssue({
      code: 'custom',
      message: 'begins and ends at the same time: write "00:00-24:00" for the whole day',
    });
    return z.NEVER;
  });

const daySchema = z.preprocess(
  (day) => (typeof day === 'string' ? [day] : day),
  z.array(rangeSchema, `${RANGE_MESSAGE}, or a list of such ranges`),
);

const weekSchema = z
  .strictObject(
    Object.fromEntries(WEEKDAYS.map((day) => [day, daySchema.optional()])) as Record<
      (typeof WEEKDAYS)[number],
      z.ZodOptional<typeof daySchema>
    >,
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `has no day ${issue.keys.map((key) => `"${key}"`).join(', ')}: the days are ${WEEKDAYS.join(', ')}`
          : 'must be "always", "never", or weekdays with local times such as { "monday": "19:00-24:00" }',
    },
  )
  .transform((week) => weeklyHours(WEEKDAYS.flatMap((day, index) => spansOf(index, week[day] ?? []))));

/** When a machine may work: `always`, `never`, or ranges of local time per weekday. A day that is not named has none. */
export const hoursSchema = z.unknown().transform((value, context): WeeklyHours => {
  if (value === 'always') return ALWAYS;
  if (value === 'never') return weeklyHours([]);
  // Not a union: that would answer with one message for all forms instead of what is wrong where.
  const week = weekSchema.safeParse(value);
  if (week.success) return week.data;
  for (const { path, message } of week.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

function rangeOf(text: string): DayRange | null {
  const [, fromHour, fromMinute, hour, minute] = RANGE.exec(text) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const until = hour === undefined ? MINUTES_PER_DAY : Number(hour) * 60 + Number(minute);
  if (from === until) return null;
  return { fromMinute: from, minutes: until > from ? until - from : until + MINUTES_PER_DAY - from };
}

function spansOf(day: number, ranges: readonly DayRange[]): WeeklySpan[] {
  return ranges.map(({ fromMinute, minutes }) => ({
    startMinute: day * MINUTES_PER_DAY + fromMinute,
    minutes,
  }));
}
