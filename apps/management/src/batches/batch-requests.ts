import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import { RUN_CAUSES, RUN_STATES } from '#shared/domain/batch.js';
import { pageLimit } from '../http/input-pipe.js';
import { csvQueryShape } from './inputs/upload-form.js';
import { ITEM_STATES } from './run-views.js';

const LONGEST_NAME = 128;
const LONGEST_IDEMPOTENCY_KEY = 255;

const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-30T22:00:00Z' })
  .transform((text) => new Date(text))
  .optional();

/** By when a run is to be done that somebody asks for. */
export const deadlineSchema = time.describe(
  'By when it is to be done. It goes on after it; whether it will be met is foretold (forecast).',
);

export const startRunSchema = z.object({
  app: z.string('must be the name of a function app').min(1, 'must be the name of a function app'),
  function: z
    .string('must be the name of a function of the app')
    .min(1, 'must be the name of a function of the app'),
  name: z
    .string()
    .min(1, `must have 1 to ${LONGEST_NAME} characters`)
    .max(LONGEST_NAME, `must have 1 to ${LONGEST_NAME} characters`)
    .optional()
    .describe("The batch's name: runs of one name belong together. Default: the function's name."),
  deadlineAt: deadlineSchema,
  ...csvQueryShape,
});

const idempotencyKeySchema = z
  .string()
  .min(1, 'must not be empty')
  .max(LONGEST_IDEMPOTENCY_KEY, `must have at most ${LONGEST_IDEMPOTENCY_KEY} characters`)
  .optional();

export const runIdSchema = z.object({ runId: z.uuid('must be the id of a batch run (a UUID)') });

export const pageSchema = z.object({
  limit: pageLimit(50),
  after: z
    .uuid('must be what "next" of the page before says')
    .optional()
    .describe('"next" of the page before; absent for the first page.'),
});

const groupRule = 'must be what "group" of a failure group says: 16 hexadecimal digits';

/** Names a failure group. */
export const fingerprintSchema = z.string(groupRule).regex(/^[0-9a-f]{16}$/, groupRule);

/** Which runs of a batch a list is of. */
export const runFilterSchema = pageSchema.extend({
  state: z.enum(RUN_STATES, `must be one of ${RUN_STATES.join(', ')}`).optional(),
  cause: z.enum(RUN_CAUSES, `must be one of ${RUN_CAUSES.join(', ')}`).optional(),
  from: time.describe('Only runs that were asked for at this time or later.'),
  until: time.describe('Only runs that were asked for before this time.'),
});

export const runListSchema = runFilterSchema.extend({
  app: z.string().toLowerCase().optional().describe('Only runs of this function app.'),
  batchId: z.uuid('must be the id of a batch (a UUID)').optional(),
  parentRunId: z
    .uuid('must be the id of a batch run (a UUID)')
    .optional()
    .describe('Only runs that run items of this one again, or go on with it.'),
});

const lineRule = 'must be what "nextLine" of the page before says';

export const itemListSchema = z.object({
  state: z.enum(ITEM_STATES, `must be one of ${ITEM_STATES.join(', ')}`).optional(),
  group: fingerprintSchema.optional().describe('Only those of this failure group.'),
  limit: pageLimit(100),
  afterLine: z.coerce
    .number(lineRule)
    .int(lineRule)
    .min(0, lineRule)
    .optional()
    .describe('"nextLine" of the page before; absent for the first page.'),
});

export type StartRunQuery = z.infer<typeof startRunSchema>;
export type RunId = z.infer<typeof runIdSchema>;
export type RunListQuery = z.infer<typeof runListSchema>;
export type RunFilterQuery = z.infer<typeof runFilterSchema>;
export type ItemListQuery = z.infer<typeof itemListSchema>;

/** Throws `InvalidInputError`. */
export function idempotencyKeyOf(request: {
  readonly headers: Readonly<Record<string, unknown>>;
}): string | undefined {
  const key = idempotencyKeySchema.safeParse(request.headers['idempotency-key']);
  if (key.success) return key.data;
  throw new InvalidInputError(`Idempotency-Key: ${key.error.issues[0]?.message ?? 'is not valid'}`);
}
