import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exampleApp } from '../support/app-files.js';
import {
  allItems,
  findRun,
  itemPage,
  jsonLines,
  runBatch,
  runEnd,
  sendBatch,
  startBatch,
  type Item,
} from '../support/batch-api.js';
import { queryNumber } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { executionCounts, itemApp, itemInput } from '../support/item-app.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { batchApp } from './support/batch-app.js';

jest.setTimeout(90_000);

const INVOICES = 'examples/nightly-invoices/data/invoices.jsonl';
/** The bad records among the first 10,000, as the example's README and data/bad-records.mjs tell. */
const BAD_LINES = [418, 1377, 2041, 3260, 4619, 5502, 6733, 7194, 8055, 9348];
const MAX_ITEM_BYTES = 2_000;
const GROUP_SIZE = 10;

describe('Batches', () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('items');
    stack = await Stack.start({
      workerSettings: {
        NIGHTJAR_MAX_ITEM_BYTES: String(MAX_ITEM_BYTES),
        NIGHTJAR_GROUP_SIZE: String(GROUP_SIZE),
      },
    });
    await publishApp(stack.url, 'nightly-invoices', await exampleApp('nightly-invoices'));
    await publishApp(stack.url, 'batch', batchApp());
    await publishApp(stack.url, 'items', itemApp());
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  const obey = (input: string): Promise<Awaited<ReturnType<typeof runBatch>>> =>
    runBatch(stack.url, { app: 'batch', function: 'obey', input }, 60_000);

  const statesOf = async (runId: string): Promise<[line: number, state: string][]> =>
    (await allItems(stack.url, runId)).map(({ lineNumber, state }) => [lineNumber, state]);

  it('run 10,000 invoices: each has its outcome, and those fail that are bad', async () => {
    const input = readFileSync(INVOICES, 'utf8').split('\n').slice(0, 10_000).join('\n');
    const order = { app: 'nightly-invoices', function: 'processInvoice', input };
    const run = await runBatch(stack.url, order, 80_000);
    expect(run).toMatchObject({
      state: 'completedWithFailures',
      itemsTotal: 10_000,
      itemsSucceeded: 9_990,
      itemsFailed: 10,
    });
    const items = await allItems(stack.url, run.runId);
    expect(items.map(({ lineNumber }) => lineNumber)).toEqual(Array.from(items, (_, index) => index + 1));
    expect(items).toHaveLength(10_000);
    const failed = items.filter(({ state }) => state === 'failed');
    expect(failed.map(({ lineNumber }) => lineNumber)).toEqual(BAD_LINES);
    expect(countsOf(failed.map(({ failure }) => failure?.type))).toEqual({
      InvalidIbanError: 3,
      InvalidVatIdError: 3,
      InvalidInvoiceError: 4,
    });
    const misplaced = items.filter(
      ({ lineNumber, output }) => output !== null && idOf(output) !== invoiceId(lineNumber),
    );
    expect(misplaced).toEqual([]);
  });

  it('fail the lines that are no JSON or too long, with their number, and go on', async () => {
    const long = JSON.stringify({ filler: 'x'.repeat(MAX_ITEM_BYTES) });
    const run = await obey(`{"n":1}\n{"n":2\n${long}\n{"n":4}\nnonsense\n{"n":6}`);
    expect(run).toMatchObject({
      state: 'completedWithFailures',
      itemsTotal: 6,
      itemsSucceeded: 3,
      itemsFailed: 3,
    });
    const failed = await allItems(stack.url, run.runId, 'failed');
    expect(failed.map(({ lineNumber, failure, attempts }) => [lineNumber, failure?.type, attempts])).toEqual([
      [2, 'MalformedItem', 0],
      [3, 'ItemTooLarge', 0],
      [5, 'MalformedItem', 0],
    ]);
    for (const { lineNumber, failure } of failed) expect(failure?.message).toContain(`Line ${lineNumber} `);
  });

  it('count blank lines as lines, not as items, whatever ends a line', async () => {
    const run = await obey('\n{"n":2}\r\n   \n\r\n{"n":5}\n\t\n{"n":7}\n\n\n');
    expect(run).toMatchObject({ state: 'succeeded', itemsTotal: 3, itemsSucceeded: 3 });
    const items = await allItems(stack.url, run.runId);
    expect(items.map(({ lineNumber, output }) => [lineNumber, output])).toEqual(
      [2, 5, 7].map((n) => [n, { was: { n } }]),
    );
  });

  it('hand values of every kind to the function as they are', async () => {
    const values = [{ a: [1, null] }, [1, 2], 'text', 12.5, true, null, { ключ: '値 😀' }];
    const run = await obey(jsonLines(values));
    const items = await allItems(stack.url, run.runId);
    expect(items.map(({ output }) => output)).toEqual(values.map((was) => ({ was })));
  });

  it('keep what an item logged and why it failed', async () => {
    const run = await obey(jsonLines([{ log: 'here I am' }, { fail: 'spoilt', log: 'before' }]));
    const [good, bad] = await allItems(stack.url, run.runId);
    expect(messagesOf(good)).toEqual(['here I am']);
    expect(messagesOf(bad)).toEqual(['before']);
    expect(bad?.failure).toMatchObject({ source: 'function', type: 'SpoiltItemError', message: 'spoilt' });
  });

  it('give groups to a function that takes many, and fail only the bad item of a group', async () => {
    const items = Array.from({ length: 35 }, (_, index) => ({
      n: index + 1,
      ...(index === 13 && { fail: true }),
    }));
    const run = await runBatch(stack.url, { app: 'batch', function: 'sum', input: jsonLines(items) }, 30_000);
    expect(run).toMatchObject({ state: 'completedWithFailures', itemsSucceeded: 34, itemsFailed: 1 });
    const outcomes = await allItems(stack.url, run.runId);
    const groupSizes = outcomes.map(({ output }) => (output as { of: number } | null)?.of);
    const alone = Array.from({ length: GROUP_SIZE }, (_, index) => (index === 3 ? undefined : 1));
    expect(groupSizes).toEqual([
      ...new Array<number>(10).fill(10),
      ...alone,
      ...new Array<number>(10).fill(10),
      5,
      5,
      5,
      5,
      5,
    ]);
    expect(
      outcomes.every(
        ({ output, lineNumber }) => output === null || (output as { n: number }).n === lineNumber,
      ),
    ).toBe(true);
  });

  it.each([
    ['ends its process', { exit: 9 }, 'ProcessExited'],
    ['never comes back', { loop: true }, 'TimeoutError'],
  ])('fail an item that %s, and no other', async (_what, misdeed, type) => {
    const items = Array.from({ length: 60 }, (_, index) => ({
      n: index + 1,
      ms: 20,
      ...(index === 30 && misdeed),
    }));
    const run = await obey(jsonLines(items));
    expect(run).toMatchObject({ state: 'completedWithFailures', itemsSucceeded: 59, itemsFailed: 1 });
    const [failed] = await allItems(stack.url, run.runId, 'failed');
    expect(failed).toMatchObject({ lineNumber: 31, attempts: 1, failure: { type } });
  });

  it('are cancelled: what has begun ends, nothing more begins', async () => {
    const file = join(folder, 'cancelled');
    const input = itemInput(file, 5_000, 50);
    const { runId } = await startBatch(stack.url, { app: 'items', function: 'item', input });
    await waitFor(() => executionCounts(file).distinct > 100, { timeoutMs: 60_000, what: 'the first items' });
    const cancelled = await fetch(`${stack.url}/api/v1/batches/runs/${runId}/cancel`, { method: 'POST' });
    expect(cancelled.status).toBe(202);
    const run = await runEnd(stack.url, runId, 60_000);
    expect(run.state).toBe('cancelled');
    const executed = executionCounts(file).distinct;
    expect(executed).toBeLessThan(5_000);
    expect(await statesOf(runId)).toHaveLength(executed);
    await sleep(500);
    expect(executionCounts(file).distinct).toBe(executed);
    const again = await fetch(`${stack.url}/api/v1/batches/runs/${runId}/cancel`, { method: 'POST' });
    expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('ended as cancelled')]);
  });

  describe('are refused, saying why:', () => {
    it.each([
      ['an unknown app', { app: 'nowhere', function: 'obey' }, 404, 'nowhere'],
      ['an unknown function', { app: 'batch', function: 'nothing' }, 404, 'nothing'],
      ['a function that takes no items', { app: 'batch', function: 'yearly' }, 400, 'timerTrigger'],
    ])('%s', async (_what, target, status, words) => {
      const response = await sendBatch(stack.url, { ...target, input: '{"n":1}\n' });
      expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)]);
    });

    it('an input without items', async () => {
      for (const input of ['', '\n \n']) {
        const response = await sendBatch(stack.url, { app: 'batch', function: 'obey', input });
        expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(/item/)]);
      }
      expect(queryNumber(stack.databaseUrl, 'SELECT count(*) FROM batch_runs WHERE items_total = 0')).toBe(0);
    });

    it('a run that is not there, and an id that is none', async () => {
      const unknown = await fetch(`${stack.url}/api/v1/batches/runs/01977b1e-0000-7000-8000-000000000000`);
      expect(unknown.status).toBe(404);
      expect((await fetch(`${stack.url}/api/v1/batches/runs/what`)).status).toBe(400);
    });
  });

  it('begin once for one Idempotency-Key, also when it comes twice at once', async () => {
    const order = { app: 'batch', function: 'obey', input: '{"n":1}\n', idempotencyKey: 'night-1' };
    const answers = await Promise.all([sendBatch(stack.url, order), sendBatch(stack.url, order)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 201]);
    const runs = (await Promise.all(answers.map((answer) => answer.json()))) as { runId: string }[];
    expect(runs[0]?.runId).toBe(runs[1]?.runId);
    await runEnd(stack.url, runs[0]?.runId ?? '', 20_000);
    const later = await startBatch(stack.url, order);
    expect(later.runId).toBe(runs[0]?.runId);
  });

  it('show their items by page and by state', async () => {
    const items = Array.from({ length: 25 }, (_, index) => ({
      n: index,
      ...(index % 5 === 0 && { fail: 'fifth' }),
    }));
    const { runId } = await obey(jsonLines(items));
    const first = await itemPage(stack.url, runId, 'limit=10');
    const second = await itemPage(stack.url, runId, `limit=10&afterLine=${first.nextLine}`);
    const third = await itemPage(stack.url, runId, `limit=10&afterLine=${second.nextLine}`);
    const lines = [first, second, third].map((page) => page.items.map(({ lineNumber }) => lineNumber));
    expect(lines.flat()).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(lines.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(third.nextLine).toBeUndefined();
    const failed = await itemPage(stack.url, runId, 'state=failed&limit=3');
    expect([failed.items.map(({ lineNumber }) => lineNumber), failed.nextLine]).toEqual([[1, 6, 11], 11]);
    const bad = await fetch(`${stack.url}/api/v1/batches/runs/${runId}/items?state=lost`);
    expect(bad.status).toBe(400);
  });

  it('leave the database in order', async () => {
    const runs = (await (await fetch(`${stack.url}/api/v1/batches/runs?limit=50`)).json()) as {
      runs: { runId: string }[];
    };
    for (const { runId } of runs.runs) expect((await findRun(stack.url, runId)).endedAt).not.toBeNull();
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});

function countsOf(values: readonly (string | undefined)[]): Record<string, number> {
  const groups = Object.entries(Object.groupBy(values, (value) => value ?? ''));
  return Object.fromEntries(groups.map(([value, all]) => [value, all?.length ?? 0]));
}

function idOf(output: unknown): unknown {
  return (output as { id?: unknown }).id;
}

function invoiceId(lineNumber: number): string {
  return `R-2026-${String(lineNumber).padStart(6, '0')}`;
}

function messagesOf(item: Item | undefined): string[] {
  return (item?.logs ?? []).filter(({ category }) => category === 'user').map(({ message }) => message);
}
