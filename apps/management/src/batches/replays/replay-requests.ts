import { z } from 'zod';
import type { DeadLetterSelection } from '#shared/store/dead-letter-store.js';
import { pageLimit } from '../../http/input-pipe.js';
import { fingerprintSchema } from '../batch-requests.js';

const MOST_LINES = 10_000;
const lineRule = `must be 1 to ${MOST_LINES} line numbers, each a whole number from 1; for more use "group" or "all"`;
export const replaySchema = z
  .strictObject({
    lines: z
      .array(z.number(lineRule).int(lineRule).min(1, lineRule), lineRule)
      .min(1, lineRule)
      .max(MOST_LINES, lineRule)
      .optional()
      .describe('These lines of the input.'),
    group: fingerprintSchema.optional().describe('All of a failure group.'),
    all: z.literal(true, 'must be true, or left out').optional().describe('All.'),
    again: z
      .boolean('must be true or false')
      .default(false)
      .describe('Also those that have succeeded when they were replayed before.'),
  })
  .refine(({ lines, group, all }) => [lines, group, all].filter((one) => one !== undefined).length === 1, {
    message: 'must have one of "lines", "group" and "all", and only one',
  });

export const groupListSchema = z.object({
  limit: pageLimit(50),
  after: z.string().optional().describe('"next" of the page before; absent for the first page.'),
});

const runsRule = 'must be a whole number from 1 to 100';

export const batchGroupListSchema = groupListSchema.extend({
  batchId: z.uuid('must be the id of a batch (a UUID), as a run says it'),
  runs: z.coerce
    .number(runsRule)
    .int(runsRule)
    .min(1, runsRule)
    .max(100, runsRule)
    .default(20)
    .describe('Over how many of its newest runs.'),
});

export type Replay = z.infer<typeof replaySchema>;
export type GroupListQuery = z.infer<typeof groupListSchema>;
export type BatchGroupListQuery = z.infer<typeof batchGroupListSchema>;

export function selectionOf({ lines, group }: Replay): DeadLetterSelection {
  if (lines) return { kind: 'lines', lines };
  return group === undefined ? { kind: 'all' } : { kind: 'group', group };
}
