import { z } from 'zod';
import { batchDefinitionSchema } from '#shared/contracts/batch-definition/definition-schema.js';
import { batchInputSchema } from '#shared/contracts/batch-definition/input-schema.js';
import { between, definedName } from '#shared/contracts/batch-definition/fields.js';
import { pageLimit } from '../../http/input-pipe.js';
import { deadlineSchema, pageSchema } from '../batch-requests.js';

/** Which batch a request is about, by the parts of its path. */
export const batchPathSchema = z.object({
  app: z.string().min(1, 'must be the name of a function app').toLowerCase(),
  name: z.string().min(1, 'must be the name of a batch'),
});

/**
 * A definition as the body of a request; its name and app stand in the path and may be left out. Only documented by this: it is
 * checked together with the path, so that what is wrong is said in one way.
 */
export const definitionBodySchema = batchDefinitionSchema.partial({ name: true, app: true });

export const calendarPathSchema = z.object({ name: definedName });

export const definitionListSchema = z.object({
  app: z.string().toLowerCase().optional().describe('Only those of this function app.'),
  limit: pageLimit(50),
  after: pageSchema.shape.after,
});

const versionRule = 'must be a version, 1 is the first';

export const versionPathSchema = batchPathSchema.extend({
  version: z.coerce.number(versionRule).int(versionRule).min(1, versionRule),
});

export const versionListSchema = z.object({
  limit: pageLimit(50),
  before: z.coerce
    .number(versionRule)
    .int(versionRule)
    .min(1, versionRule)
    .optional()
    .describe('"next" of the page before; absent for the first page.'),
});

const NOTE_MAX_LENGTH = 2000;

export const pauseSchema = z
  .strictObject({
    note: z
      .string('must be text')
      .max(NOTE_MAX_LENGTH, `must have at most ${NOTE_MAX_LENGTH} characters`)
      .default('')
      .describe('Why, for those who look at it later.'),
  })
  .default({ note: '' });

/** What a run by request may have other than its definition. */
export const runRequestSchema = z
  .strictObject({
    input: batchInputSchema.optional().describe("Items for this run alone, in place of the definition's."),
    priority: between(-100, 100, 'more is sooner').optional(),
    deadlineAt: deadlineSchema,
  })
  .default({});

export type CalendarPath = z.output<typeof calendarPathSchema>;
export type BatchPath = z.output<typeof batchPathSchema>;
export type DefinitionListQuery = z.output<typeof definitionListSchema>;
export type VersionPath = z.output<typeof versionPathSchema>;
export type VersionListQuery = z.output<typeof versionListSchema>;
export type PauseBody = z.output<typeof pauseSchema>;
export type RunRequestBody = z.output<typeof runRequestSchema>;
