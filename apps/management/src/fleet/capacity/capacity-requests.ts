import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { TimeRange } from '#shared/store/machine-time-store.js';

const HOUR_MS = 3_600_000;
const USUAL_HOURS = 24;
const LONGEST_DAYS = 366;

const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-29T18:00:00Z' })
  .transform((text) => new Date(text))
  .optional();

export const capacityRangeSchema = z.object({
  from: time.describe(`Its hour is the first. Absent: ${USUAL_HOURS} hours before the end.`),
  until: time.describe('The hour that it lies in is the last, unless it begins then. Absent: now.'),
  pool: z.string().optional().describe('Only machines of this pool.'),
  machine: z.uuid('must be the id of a machine (a UUID)').optional().describe('Only this machine.'),
});

export type CapacityRangeQuery = z.output<typeof capacityRangeSchema>;

/** Whole hours of a request. Throws `InvalidInputError` for a range without hours, or one that is too long. */
export function rangeOf({ from, until, pool, machine }: CapacityRangeQuery, now: Date): TimeRange {
  const endMs = Math.ceil((until ?? now).getTime() / HOUR_MS) * HOUR_MS;
  const startMs = from ? Math.floor(from.getTime() / HOUR_MS) * HOUR_MS : endMs - USUAL_HOURS * HOUR_MS;
  if (startMs >= endMs)
    throw new InvalidInputError('until: must lie after from. Without it the range ends now.');
  if (endMs - startMs > LONGEST_DAYS * 24 * HOUR_MS)
    throw new InvalidInputError(`from: must lie at most ${LONGEST_DAYS} days before until: ask for less.`);
  return { from: new Date(startMs), until: new Date(endMs), pool, machineId: machine };
}

/** A range in pieces of so many hours. */
export function piecesOf(range: TimeRange, hours: number): TimeRange[] {
  const pieces: TimeRange[] = [];
  for (let from = range.from.getTime(); from < range.until.getTime(); from += hours * HOUR_MS) {
    const until = Math.min(range.until.getTime(), from + hours * HOUR_MS);
    pieces.push({ ...range, from: new Date(from), until: new Date(until) });
  }
  return pieces;
}

/** Whether a request wants a table instead of JSON. */
export function wantsCsv(accept: string | undefined): boolean {
  return /\btext\/csv\b/i.test(accept ?? '');
}
