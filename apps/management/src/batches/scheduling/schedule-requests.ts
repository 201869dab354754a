import { z } from 'zod';
import { isLocalDate } from '#shared/domain/scheduling/local-date.js';
import { pageLimit } from '../../http/input-pipe.js';

const MOST_NEXT = 100;
const countRule = `must be a whole number from 1 to ${MOST_NEXT}`;
const dateRule = 'must be a day such as 2026-11-30';
const day = z.string(dateRule).refine(isLocalDate, dateRule);

export const upcomingSchema = z.object({
  count: z.coerce.number(countRule).int(countRule).min(1, countRule).max(MOST_NEXT, countRule).default(10),
});

export const occurrenceListSchema = z.object({
  limit: pageLimit(50),
  before: z.iso
    .datetime({ offset: true, error: 'must be what "next" of the page before says' })
    .transform((text) => new Date(text))
    .optional()
    .describe('"next" of the page before; absent for the first page.'),
});

export const backfillSchema = z.strictObject({
  from: day.describe('The first business day, such as 2026-11-01.'),
  to: day.describe('The last business day; not after today.'),
  dryRun: z.boolean('must be true or false').default(false).describe('Only says which runs there would be.'),
});

export type UpcomingQuery = z.output<typeof upcomingSchema>;
export type OccurrenceListQuery = z.output<typeof occurrenceListSchema>;
export type BackfillBody = z.output<typeof backfillSchema>;
