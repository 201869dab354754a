import { z } from 'zod';
import { ITEM_TRIGGERS } from '../domain/batch.js';
import { storedContainerSettingsSchema } from './container-settings.js';

/** Raised when a payload changes so that an older worker would misread it; a worker refuses what is newer than itself. */
export const JOB_VERSION = 1;

/**
 * Of a call whose bodies travel beside its job. A worker that knows only `JOB_VERSION` would run it with an empty body, and refuses
 * it by this.
 */
export const STREAMED_JOB_VERSION = 2;

/** Of work with requirements, streamed or not. A worker that does not know them would run it on whatever machine it is on. */
export const MATCHED_JOB_VERSION = 3;

/** What work asks of its machine, as `contracts/matching` understands it; both are absent for work that runs anywhere. */
const placement = {
  /** Only a machine that meets these may run it. */
  requirements: z.string().optional(),
  /** Of several free machines the one with the highest value is to run it. */
  rank: z.string().optional(),
};

/** The versions of jobs that are not streamed. */
const plainVersion = z.literal([JOB_VERSION, MATCHED_JOB_VERSION]);

/**
 * Of a chunk whose items are no messages. A worker that knows only `JOB_VERSION` would hand them over as messages, and refuses the
 * chunk by this.
 */
export const TRIGGERED_CHUNK_VERSION = 2;

/** Of a chunk that is bounded by its run's limits or requirements. A worker that does not know them would go over them. */
export const LIMITED_CHUNK_VERSION = 4;

const httpRequestSchema = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  params: z.record(z.string(), z.string()),
  body: z.string().optional(),
  bodyEncoding: z.enum(['utf8', 'base64']).optional(),
});

/** As Azure hands it to timer functions; a batch's item for one is this as JSON. */
export const timerInputSchema = z.object({
  schedule: z.object({ adjustForDST: z.boolean() }),
  scheduleStatus: z.object({ last: z.string(), next: z.string(), lastUpdated: z.string() }).nullable(),
  isPastDue: z.boolean(),
});

/** What a function is given; the same shape stands in SQL (`invocations.input`). */
export const invocationInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('http'), request: httpRequestSchema }),
  z.object({ kind: z.literal('timer'), timer: timerInputSchema }),
  z.object({
    kind: z.literal('queue'),
    message: z.string(),
    metadata: z.record(z.string(), z.json()).optional(),
  }),
]);

const jobBase = {
  version: plainVersion,
  id: z.uuid(),
  /** The W3C `traceparent` of the span that enqueued the job. */
  traceParent: z.string().optional(),
  /** Lets the worker that holds this job, and shows its own key too, read the settings of the job's app. */
  settingsGrant: z.string().optional(),
  ...placement,
};

/** Run one function once. */
export const invocationJobSchema = z.object({
  ...jobBase,
  version: z.literal([JOB_VERSION, STREAMED_JOB_VERSION, MATCHED_JOB_VERSION]),
  kind: z.literal('invocation'),
  appId: z.uuid(),
  appVersionId: z.uuid(),
  functionName: z.string(),
  trigger: z.enum(['http', 'timer', 'queue', 'manual']),
  input: invocationInputSchema,
  /** Where somebody waits for the answer (`ReplyInbox.address`). */
  replyTo: z.string().optional(),
  /** Where the bodies of a streamed call are, and what opens them (see `http-streams.ts`). */
  stream: z.object({ instanceUrl: z.url(), token: z.string() }).optional(),
  /** Milliseconds since 1970: when management took the event. */
  acceptedAt: z.number().int(),
  /** 0: there is no row in SQL before the outcome's (a synchronous HTTP call). */
  dispatchCount: z.number().int().min(0),
});

/** How items are tried again (`BatchRetry`). A worker that does not know it goes by the function's own policy. */
const itemRetrySchema = z.object({
  attempts: z.number().int().min(1),
  backoff: z.enum(['fixed', 'exponential']),
  delaySeconds: z.number().min(0),
  maxDelaySeconds: z.number().min(0).optional(),
  jitter: z.number().min(0).max(1).optional(),
  on: z.array(z.string()).optional(),
  notOn: z.array(z.string()).optional(),
});

/** Run the items of a byte range of a batch's input. */
export const chunkJobSchema = z.object({
  ...jobBase,
  version: z.literal([JOB_VERSION, TRIGGERED_CHUNK_VERSION, MATCHED_JOB_VERSION, LIMITED_CHUNK_VERSION]),
  kind: z.literal('chunk'),
  runId: z.uuid(),
  appId: z.uuid(),
  appVersionId: z.uuid(),
  functionName: z.string(),
  inputDigest: z.string(),
  byteStart: z.number().int().min(0),
  byteEnd: z.number().int().min(0),
  firstLine: z.number().int().min(1),
  lineCount: z.number().int().min(1),
  /**
   * Milliseconds since 1970, by the database's clock: when the run's window ends. No item starts that does not fit before it, and what
   * still runs then is given back. A worker that does not know this ends the chunk that it has, half a minute of work.
   */
  notAfter: z.number().int().optional(),
  dispatchCount: z.number().int().min(1),
  /** Items of this chunk that may run at once; absent: as many as the worker runs. */
  itemsAtOnce: z.number().int().min(1).optional(),
  /** Items of this chunk that may begin in a second, their further attempts too; absent: as many as can. */
  itemsPerSecond: z.number().positive().optional(),
  /** What its batch asks of machines, besides what its function does. */
  batchRequirements: z.string().optional(),
  /** In place of the function's. */
  batchRank: z.string().optional(),
  retry: itemRetrySchema.optional(),
  /** How an item is given to the function; absent: as a message. */
  itemTrigger: z.enum(ITEM_TRIGGERS).optional(),
});

/** Load a package in a container and say which functions are in it. Its answer is a reply, never a row. */
export const indexJobSchema = z.object({
  ...jobBase,
  kind: z.literal('index'),
  /** Absent from an older management. */
  appId: z.uuid().optional(),
  packageDigest: z.string(),
  packageSizeBytes: z.number().int(),
  /** Of the app, for the container that its code is loaded in; absent from an older management: as the worker's own settings say. */
  container: storedContainerSettingsSchema.optional(),
  replyTo: z.string(),
  /** Milliseconds since 1970: after it nobody waits any more. */
  deadlineAt: z.number().int(),
});

/** Have a container of a version ready: calls of it will come soon. No work: what gets lost costs a cold start. */
export const warmJobSchema = z.object({
  ...jobBase,
  kind: z.literal('warm'),
  /** Absent from an older management. */
  appId: z.uuid().optional(),
  appVersionId: z.uuid(),
  /** Milliseconds since 1970: after it the calls have come. */
  deadlineAt: z.number().int(),
});

export const jobSchema = z.discriminatedUnion('kind', [
  invocationJobSchema,
  chunkJobSchema,
  indexJobSchema,
  warmJobSchema,
]);

export type InvocationJob = z.infer<typeof invocationJobSchema>;
export type ChunkJob = z.infer<typeof chunkJobSchema>;
export type IndexJob = z.infer<typeof indexJobSchema>;
export type WarmJob = z.infer<typeof warmJobSchema>;
export type Job = z.infer<typeof jobSchema>;
