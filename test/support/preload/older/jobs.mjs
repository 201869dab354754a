// The payloads of jobs as an earlier version of Nightjar knew them, before items had a retry of their own, work had requirements, and
// windows ended. Frozen: it is never brought up to date with `libs/shared/src/contracts/jobs.ts`.
import { z } from 'zod';

const JOB_VERSION = 1;
const STREAMED_JOB_VERSION = 2;

const httpRequestSchema = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  params: z.record(z.string(), z.string()),
  body: z.string().optional(),
  bodyEncoding: z.enum(['utf8', 'base64']).optional(),
});

const timerSchema = z.object({
  schedule: z.object({ adjustForDST: z.boolean() }),
  scheduleStatus: z.object({ last: z.string(), next: z.string(), lastUpdated: z.string() }).nullable(),
  isPastDue: z.boolean(),
});

const invocationInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('http'), request: httpRequestSchema }),
  z.object({ kind: z.literal('timer'), timer: timerSchema }),
  z.object({
    kind: z.literal('queue'),
    message: z.string(),
    metadata: z.record(z.string(), z.json()).optional(),
  }),
]);

const jobBase = { version: z.literal(JOB_VERSION), id: z.uuid(), traceParent: z.string().optional() };

const invocationJobSchema = z.object({
  ...jobBase,
  version: z.literal([JOB_VERSION, STREAMED_JOB_VERSION]),
  kind: z.literal('invocation'),
  appId: z.uuid(),
  appVersionId: z.uuid(),
  functionName: z.string(),
  trigger: z.enum(['http', 'timer', 'queue', 'manual']),
  input: invocationInputSchema,
  replyTo: z.string().optional(),
  stream: z.object({ instanceUrl: z.url(), token: z.string() }).optional(),
  acceptedAt: z.number().int(),
  dispatchCount: z.number().int().min(0),
});

const chunkJobSchema = z.object({
  ...jobBase,
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
  dispatchCount: z.number().int().min(1),
});

const indexJobSchema = z.object({
  ...jobBase,
  kind: z.literal('index'),
  packageDigest: z.string(),
  packageSizeBytes: z.number().int(),
  // What a container may have is not frozen here: it is the same in both.
  container: z.looseObject({}).optional(),
  replyTo: z.string(),
  deadlineAt: z.number().int(),
});

const warmJobSchema = z.object({
  ...jobBase,
  kind: z.literal('warm'),
  appVersionId: z.uuid(),
  deadlineAt: z.number().int(),
});

export const jobSchema = z.discriminatedUnion('kind', [
  invocationJobSchema,
  chunkJobSchema,
  indexJobSchema,
  warmJobSchema,
]);
