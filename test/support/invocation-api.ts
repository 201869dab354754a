import { z } from 'zod';
import { failureSchema, logLineSchema } from './api-schemas.js';
import { waitFor } from './wait-for.js';

const summarySchema = z.object({
  id: z.string(),
  function: z.string(),
  trigger: z.string(),
  state: z.string(),
  failure: failureSchema.nullable(),
  attemptCount: z.number(),
  machineId: z.string().nullable(),
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});

const recordSchema = summarySchema.extend({
  input: z.json(),
  output: z.json(),
  inputTruncated: z.boolean(),
  outputTruncated: z.boolean(),
  logsTruncated: z.boolean(),
  attempts: z.array(
    z.object({ number: z.number(), durationMs: z.number(), failure: failureSchema.optional() }),
  ),
  traceParent: z.string().nullable(),
});

const logsSchema = z.object({
  truncated: z.boolean(),
  lines: z.array(logLineSchema),
});

export type InvocationSummary = z.infer<typeof summarySchema>;
export type InvocationRecord = z.infer<typeof recordSchema>;
export type InvocationLogs = z.infer<typeof logsSchema>;

/** The outcome of a call that was answered at once is committed a moment later. */
const COMMITTED_WITHIN_MS = 60_000;

/** The newest invocations. @param query such as `app=shop&function=hello&state=failed` */
export async function listInvocations(url: string, query: string): Promise<InvocationSummary[]> {
  const response = await fetch(`${url}/api/v1/invocations?limit=1000&${query}`);
  return z.object({ invocations: z.array(summarySchema) }).parse(await response.json()).invocations;
}

/** The only invocation of a function so far, once its outcome is committed. */
export async function onlyInvocation(
  url: string,
  app: string,
  functionName: string,
): Promise<InvocationRecord> {
  const found = await waitFor(
    async () => {
      const all = await listInvocations(url, `app=${app}&function=${functionName}`);
      if (all.length > 1) throw new Error(`${app}/${functionName} was invoked ${all.length} times.`);
      return all[0]?.endedAt == null ? undefined : all[0];
    },
    { timeoutMs: COMMITTED_WITHIN_MS, what: `the outcome of ${app}/${functionName}` },
  );
  return findInvocation(url, found.id);
}

export async function findInvocation(url: string, id: string): Promise<InvocationRecord> {
  const response = await fetch(`${url}/api/v1/invocations/${id}`);
  return recordSchema.parse(await response.json());
}

export async function invocationLogs(url: string, id: string): Promise<InvocationLogs> {
  const response = await fetch(`${url}/api/v1/invocations/${id}/logs`);
  return logsSchema.parse(await response.json());
}

/** Waits until an invocation has ended, whichever way, and its outcome is committed. */
export async function invocationEnd(
  url: string,
  id: string,
  timeoutMs = COMMITTED_WITHIN_MS,
): Promise<InvocationRecord> {
  return waitFor(
    async () => {
      const record = await findInvocation(url, id);
      return record.endedAt === null ? undefined : record;
    },
    { timeoutMs, intervalMs: 100, what: `the end of the invocation ${id}` },
  );
}
