import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { allItems, findRun, itemPage, jsonLines, runEnd, startBatch } from '../support/batch-api.js';
import { queryNumber, queryRows } from '../support/database.js';
import { executionsIn } from '../support/executions.js';
import { brokenInvariants } from '../support/invariants.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { orderApp } from './support/order-app.js';

jest.setTimeout(120_000);

const ITEMS = 400;
/** Of the four hundred: each twentieth is unknown, each fortieth closed. */
const UNKNOWN = Array.from({ length: 20 }, (_, index) => 20 * index + 7);
const CLOSED = Array.from({ length: 10 }, (_, index) => 40 * index + 31);

const groupsSchema = z.object({
  groups: z.array(
    z.object({ group: z.string(), type: z.string(), items: z.number(), sampleLines: z.array(z.number()) }),
  ),
});
const lettersSchema = z.object({ deadLetters: z.number(), replaying: z.number(), healed: z.number() });
const triedSchema = z.object({
  items: z.array(
    z.object({
      attempts: z.number(),
      earlierFailures: z.array(z.object({ attempt: z.number(), type: z.string(), message: z.string() })),
    }),
  ),
});
const fileSchema = z.object({ digest: z.string() });
const startedSchema = z.object({ runId: z.string() });
const acceptedSchema = z.object({ runId: z.string(), itemsTotal: z.number() });

describe('What failed in a batch', () => {
  let stack: Stack;
  let folder: string;
  let file: string;
  let parent: string;
  beforeAll(async () => {
    folder = await makeTempFolder('failures');
    file = join(folder, 'executions');
    stack = await Stack.start({
      managementSettings: {
        NIGHTJAR_FIRST_CHUNK_ITEMS: '10',
        NIGHTJAR_MAX_CHUNK_ITEMS: '10',
        NIGHTJAR_RECONCILE_INTERVAL_SECONDS: '2',
        NIGHTJAR_RECONCILE_SILENT_SECONDS: '2',
      },
      workerSettings: {
        NIGHTJAR_CHUNK_CONCURRENCY: '1',
        NIGHTJAR_ITEMS_IN_FLIGHT: '2',
        NIGHTJAR_HEARTBEAT_SECONDS: '2',
      },
      workers: ['one', 'two'],
    });
    await publishApp(stack.url, 'orders', orderApp({ isMended: false }));
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  const url = (runId: string, what: string): string => `${stack.url}/api/v1/batches/runs/${runId}/${what}`;

  const post = (runId: string, what: string, body: unknown, key?: string): Promise<Response> =>
    fetch(url(runId, what), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });

  const groupsOf = async (runId: string): Promise<z.infer<typeof groupsSchema>['groups']> =>
    groupsSchema.parse(await (await fetch(url(runId, 'failure-groups'))).json()).groups;

  const lettersOf = async (runId: string): Promise<z.infer<typeof lettersSchema>> =>
    lettersSchema.parse(await (await fetch(url(runId, 'dead-letters'))).json());

  it('is in groups of the same error, whatever the ids', async () => {
    const kindOf = (id: number): string =>
      UNKNOWN.includes(id) ? 'unknown' : CLOSED.includes(id) ? 'closed' : 'good';
    const items = Array.from({ length: ITEMS }, (_, index) => ({
      id: index + 1,
      kind: kindOf(index + 1),
      file,
    }));
    ({ runId: parent } = await startBatch(stack.url, {
      app: 'orders',
      function: 'order',
      input: jsonLines(items),
    }));
    const run = await runEnd(stack.url, parent, 90_000);
    expect(run).toMatchObject({ state: 'completedWithFailures', itemsSucceeded: 370, itemsFailed: 30 });
    const groups = await groupsOf(parent);
    expect(groups.map(({ type, items: count, sampleLines }) => [type, count, sampleLines])).toEqual([
      ['UnknownOrderError', 20, UNKNOWN.slice(0, 5)],
      ['ClosedOrderError', 10, CLOSED.slice(0, 5)],
    ]);
    const page = await itemPage(stack.url, parent, `group=${groups[1]?.group}`);
    expect(page.items.map(({ lineNumber }) => lineNumber)).toEqual(CLOSED);
  });

  it('is replayed as a group after a fix is published, also when a worker dies: each item has one result', async () => {
    await publishApp(stack.url, 'orders', orderApp({ isMended: true }));
    const [unknown] = await groupsOf(parent);
    const answers = [
      await post(parent, 'replay', { group: unknown?.group }, 'mended'),
      await post(parent, 'replay', { group: unknown?.group }, 'mended'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200]);
    const [{ runId, itemsTotal }, same] = (await Promise.all(
      answers.map(async (answer) => acceptedSchema.parse(await answer.json())),
    )) as [z.infer<typeof acceptedSchema>, z.infer<typeof acceptedSchema>];
    expect([itemsTotal, same.runId]).toEqual([20, runId]);

    const unfinished = `
      SELECT machines.name FROM batch_chunks JOIN machines ON machines.id = machine_id
      WHERE run_id = ? AND batch_chunks.state = 'queued' AND items_succeeded > 0`;
    const [holder] = await waitFor(
      () => {
        const rows = queryRows<{ name: string }>(stack.databaseUrl, unfinished, runId);
        return rows.length > 0 ? rows : undefined;
      },
      { timeoutMs: 60_000, intervalMs: 5, what: 'a worker in mid-replay' },
    );
    await stack.worker(holder?.name ?? '').kill();

    expect(await runEnd(stack.url, runId, 90_000)).toMatchObject({
      state: 'succeeded',
      itemsTotal: 20,
      itemsSucceeded: 20,
    });
    const items = await allItems(stack.url, runId);
    expect(items.map(({ lineNumber, output }) => [lineNumber, output])).toEqual(
      UNKNOWN.map((id) => [id, { id }]),
    );
    expect(await lettersOf(parent)).toEqual({ deadLetters: 30, replaying: 0, healed: 20 });
    expect(await post(parent, 'replay', { group: unknown?.group })).toMatchObject({ status: 409 });
    const replayed = executionsIn(file);
    // Once in the parent, once or, with the worker that died, twice in the replay.
    for (const id of UNKNOWN) expect([2, 3]).toContain(replayed.get(String(id)));
  });

  it('is re-run without what has succeeded since', async () => {
    const { runId, itemsTotal } = acceptedSchema.parse(await (await post(parent, 'rerun', {})).json());
    expect(itemsTotal).toBe(10);
    expect(await runEnd(stack.url, runId, 60_000)).toMatchObject({
      state: 'completedWithFailures',
      itemsFailed: 10,
    });
    expect(await lettersOf(parent)).toEqual({ deadLetters: 30, replaying: 0, healed: 20 });
    expect((await allItems(stack.url, runId)).map(({ lineNumber }) => lineNumber)).toEqual(CLOSED);
  });

  /** Defines a batch and runs it, as an operator does. */
  async function runDefined(name: string, settings: object, items: readonly unknown[]): Promise<string> {
    const uploaded = await fetch(`${stack.url}/api/v1/files`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: jsonLines(items),
    });
    const { digest } = fileSchema.parse(await uploaded.json());
    const batch = `${stack.url}/api/v1/apps/orders/batches/${name}`;
    const defined = await fetch(batch, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ function: 'order', input: { kind: 'jsonLines', file: digest }, ...settings }),
    });
    expect(defined.status).toBe(201);
    const started = await fetch(`${batch}/runs`, { method: 'POST' });
    return startedSchema.parse(await started.json()).runId;
  }

  it('is tried again as the batch says, and keeps what went wrong before', async () => {
    const items = [
      ...Array.from({ length: 10 }, (_, index) => ({ id: 7_000 + index, kind: 'flaky', file })),
      { id: 7_900, kind: 'closed', file },
    ];
    const runId = await runDefined(
      'flaky',
      { retry: { attempts: 3, backoff: 'fixed', delaySeconds: 0.2, notOn: ['ClosedOrderError'] } },
      items,
    );
    expect(await runEnd(stack.url, runId, 60_000)).toMatchObject({ itemsSucceeded: 10, itemsFailed: 1 });
    const answer = await fetch(url(runId, 'items'));
    const { items: outcomes } = triedSchema.parse(await answer.json());
    expect(outcomes.map(({ attempts }) => attempts)).toEqual([...new Array<number>(10).fill(3), 1]);
    expect(
      outcomes[0]?.earlierFailures.map(({ attempt, type, message }) => [attempt, type, message]),
    ).toEqual([
      [1, 'FlakyError', 'Try 1 failed'],
      [2, 'FlakyError', 'Try 2 failed'],
    ]);
  });

  it('stops a run before all of it has failed, and says so', async () => {
    const items = Array.from({ length: 400 }, (_, index) => ({ id: 10_000 + index, kind: 'slow', file }));
    const runId = await runDefined('late', { failureThreshold: { items: 20 } }, items);
    const run = await runEnd(stack.url, runId, 60_000);
    expect(run).toMatchObject({ state: 'failed', failure: { type: 'TooManyFailures' } });
    expect(run.itemsFailed).toBeGreaterThanOrEqual(20);
    expect(run.itemsFailed).toBeLessThan(400);
    expect(await (await fetch(url(runId, 'events'))).json()).toMatchObject({
      events: [{ kind: 'tooManyFailures' }],
    });
    expect(await groupsOf(runId)).toMatchObject([{ type: 'Error', items: run.itemsFailed }]);
  });

  it('ends at once with a run that is terminated: calls are ended, and their items cancelled', async () => {
    const items = Array.from({ length: 50 }, (_, index) => ({ id: 5_000 + index, kind: 'endless', file }));
    const order = { app: 'orders', function: 'order', input: jsonLines(items) };
    const { runId } = await startBatch(stack.url, order);
    await waitFor(() => executionsIn(file).has('5000'), { timeoutMs: 60_000, what: 'the first items' });
    expect((await post(runId, 'terminate', {})).status).toBe(202);
    // Each of its items would have taken half an hour.
    expect(await runEnd(stack.url, runId, 60_000)).toMatchObject({ state: 'cancelled', itemsSucceeded: 0 });
    const outcomes = await allItems(stack.url, runId);
    expect(new Set(outcomes.map(({ state, failure }) => `${state} ${failure?.type}`))).toEqual(
      new Set(['cancelled Terminated']),
    );
    const begun = [...executionsIn(file).keys()].filter((id) => Number(id) >= 5_000 && Number(id) < 6_000);
    expect(outcomes.map(({ lineNumber }) => lineNumber)).toEqual(
      begun.map((id) => Number(id) - 4_999).toSorted((a, b) => a - b),
    );
  });

  it('leaves the database in order', async () => {
    const open = 'SELECT count(*) FROM batch_runs WHERE ended_at IS NULL';
    expect(queryNumber(stack.databaseUrl, open)).toBe(0);
    expect((await findRun(stack.url, parent)).endedAt).not.toBeNull();
    expect(brokenInvariants(stack.databaseUrl, { maxAttempts: 3 })).toEqual([]);
  });
});
