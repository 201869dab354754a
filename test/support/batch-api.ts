import { z } from 'zod';
import { failureSchema, logLineSchema } from './api-schemas.js';
import { waitFor } from './wait-for.js';

const startedSchema = z.object({
  runId: z.string(),
  batchId: z.string(),
  itemsTotal: z.number(),
  state: z.string(),
});

const runSchema = z.object({
  runId: z.string(),
  state: z.string(),
  failure: failureSchema.nullable(),
  itemsTotal: z.number(),
  itemsSucceeded: z.number(),
  itemsFailed: z.number(),
  chunksTotal: z.number(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});

const itemSchema = z.object({
  lineNumber: z.number(),
  state: z.string(),
  attempts: z.number(),
  output: z.json(),
  failure: failureSchema.nullable(),
  logs: z.array(logLineSchema),
});

const itemListSchema = z.object({ items: z.array(itemSchema), nextLine: z.number().optional() });

export type StartedRun = z.infer<typeof startedSchema>;
export type Run = z.infer<typeof runSchema>;
export type Item = z.infer<typeof itemSchema>;

export interface BatchOrder {
  readonly app: string;
  readonly function: string;
  /** JSON Lines; bytes where it is to be no text. */
  readonly input: string | Buffer;
  readonly idempotencyKey?: string;
  /** Of the batch; without one it is called like the function. */
  readonly name?: string;
}

/** Sends a batch; the answer as it is. */
export async function sendBatch(url: string, order: BatchOrder): Promise<Response> {
  const { app, name } = order;
  const query = new URLSearchParams({ app, function: order.function, ...(name !== undefined && { name }) });
  return fetch(`${url}/api/v1/batches?${query.toString()}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      ...(order.idempotencyKey !== undefined && { 'idempotency-key': order.idempotencyKey }),
    },
    body: typeof order.input === 'string' ? order.input : new Uint8Array(order.input),
  });
}

/** Starts a batch run. @throws {Error} with what management says, when it is refused */
export async function startBatch(url: string, order: BatchOrder): Promise<StartedRun> {
  const response = await sendBatch(url, order);
  if (!response.ok) throw new Error(`The batch was not taken (${response.status}): ${await response.text()}`);
  return startedSchema.parse(await response.json());
}

export async function findRun(url: string, runId: string): Promise<Run> {
  const response = await fetch(`${url}/api/v1/batches/runs/${runId}`);
  return runSchema.parse(await response.json());
}

/** Waits until a run has ended, whichever way. */
export async function runEnd(url: string, runId: string, timeoutMs: number): Promise<Run> {
  const what = `the end of the run ${runId}`;
  return waitFor(
    async () => {
      const run = await findRun(url, runId);
      return run.endedAt === null ? undefined : run;
    },
    { timeoutMs, intervalMs: 100, what },
  );
}

/** Runs a batch to its end. */
export async function runBatch(url: string, order: BatchOrder, timeoutMs: number): Promise<Run> {
  return runEnd(url, (await startBatch(url, order)).runId, timeoutMs);
}

/** One page of items. @param query such as `state=failed&limit=10` */
export async function itemPage(
  url: string,
  runId: string,
  query = '',
): Promise<{ readonly items: readonly Item[]; readonly nextLine?: number | undefined }> {
  const response = await fetch(`${url}/api/v1/batches/runs/${runId}/items?${query}`);
  return itemListSchema.parse(await response.json());
}

/** All items that have an outcome, page by page. */
export async function allItems(url: string, runId: string, state?: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let afterLine: number | undefined = 0; afterLine !== undefined;) {
    const filter = state === undefined ? '' : `&state=${state}`;
    const page = await itemPage(url, runId, `limit=1000&afterLine=${afterLine}${filter}`);
    items.push(...page.items);
    afterLine = page.nextLine;
  }
  return items;
}

/** One JSON value a line. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
