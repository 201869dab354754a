import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jsonLines, runBatch, runEnd, type Run } from '../support/batch-api.js';
import { queryNumber, queryRows } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { FAULT_SETTINGS } from './support/batch-under-way.js';

jest.setTimeout(240_000);

const TIME = { timeoutMs: 90_000, intervalMs: 100 };
const ITEMS = 170;
const ITEM_MS = 500;
/** What is known of it is off by at most 5 %. */
const NEEDED_MS = ITEM_MS * 0.95;
const WINDOW_MS = 13_000;

const SLEEPING = {
  'host.json': JSON.stringify({ version: '2.0' }),
  'item/function.json': JSON.stringify({
    bindings: [
      { type: 'queueTrigger', direction: 'in', name: 'work', queueName: 'work' },
      { type: 'queue', direction: 'out', name: '$return', queueName: 'done' },
    ],
  }),
  'item/index.js':
    'module.exports = async (context, { id, ms }) => { await new Promise((done) => setTimeout(done, ms)); return { id }; };',
};

interface StoredItem {
  readonly line_number: number;
  readonly started_at: number;
  readonly duration_ms: number;
}

describe('A window that ends in mid-run', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({ ...FAULT_SETTINGS, runtime: 'docker', workers: [] });
    await stack.startWorker('one', { NIGHTJAR_ITEMS_IN_FLIGHT: '16' });
    await publishApp(stack.url, 'night', SLEEPING);
    const work = Array.from({ length: 40 }, (_, index) => ({ id: index, ms: ITEM_MS }));
    await runBatch(stack.url, { app: 'night', function: 'item', input: jsonLines(work) }, 90_000);
    await stack.worker('one').stop();
    await stack.startWorker('one', { NIGHTJAR_ITEMS_IN_FLIGHT: '4' });
  });
  afterAll(() => stack.stop());

  async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
    const response = await fetch(`${stack.url}/api/v1/apps/night/batches/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }

  async function fileOf(count: number): Promise<string> {
    const items = Array.from({ length: count }, (_, index) => ({ id: index + 1, ms: ITEM_MS }));
    const response = await fetch(`${stack.url}/api/v1/files`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: jsonLines(items),
    });
    return ((await response.json()) as { digest: string }).digest;
  }

  type Listed = Run & {
    readonly businessDate: string;
    readonly waitReason: { readonly code: string } | null;
  };
  const runsOf = async (name: string): Promise<Listed[]> =>
    (await ask<{ runs: Listed[] }>('GET', `${name}/runs`)).runs.toReversed();

  /** Windows end at full minutes: this one ends at a moment of the test's own. */
  function endWindow(runId: string, at: number): void {
    const file = new DatabaseSync(stack.databaseUrl.slice('sqlite:'.length));
    try {
      file.exec('pragma busy_timeout = 5000');
      file.prepare('UPDATE batch_runs SET window_ends_at = ? WHERE id = ?').run(at, runId);
    } finally {
      file.close();
    }
  }

  const itemsOf = (runId: string): StoredItem[] =>
    queryRows<StoredItem & Record<string, number>>(
      stack.databaseUrl,
      'SELECT line_number, started_at, duration_ms FROM batch_items WHERE run_id = ? ORDER BY line_number',
      runId,
    );

  it('starts nothing that does not fit, ends with nothing running, and carries the rest over', async () => {
    const window = { start: '00:00', end: '23:59', timeZone: 'UTC' };
    const input = async (count: number) => ({ kind: 'jsonLines', file: await fileOf(count) });
    await ask('PUT', 'first', { function: 'item', input: await input(4), window });
    await ask('PUT', 'second', {
      function: 'item',
      input: await input(ITEMS),
      window,
      schedule: '* * * * * *',
      dependsOn: [{ batch: 'first', when: 'succeeded' }],
    });
    const [waiting] = await waitFor(
      async () => {
        const runs = await runsOf('second');
        return runs[0]?.waitReason?.code === 'DEPENDENCY' ? runs : undefined;
      },
      { ...TIME, what: 'the second batch to wait for the first' },
    );
    const runId = waiting?.runId ?? '';
    expect(waiting).toMatchObject({ state: 'scheduled', itemsTotal: 0 });
    await ask('POST', 'second/pause', { note: 'One run is enough.' });

    // Before the window is short it is known how long an item takes, also to a worker that has just begun.
    const endsAtMs = Date.now() + WINDOW_MS;
    endWindow(runId, endsAtMs);
    const first = await ask<{ runId: string }>('POST', 'first/runs');
    await runEnd(stack.url, first.runId, 90_000);

    await waitFor(() => itemsOf(runId).length > 0, { ...TIME, what: 'the second batch to begin' });
    const seen = new Set<string>();
    const [ended, next] = await waitFor(
      async () => {
        const runs = await runsOf('second');
        seen.add(runs[0]?.state ?? '');
        return runs.length > 1 ? runs : undefined;
      },
      { ...TIME, intervalMs: 20, what: 'the rest to be carried over' },
    );
    expect(ended).toMatchObject({ state: 'carriedOver', failure: null });
    expect([...seen]).toEqual(['running', 'draining', 'carriedOver']);
    const items = itemsOf(runId);
    expect(items.length).toBeGreaterThan(16);
    expect(items.length).toBeLessThan(ITEMS);
    // Until then there was work, and a slot became free every eighth of a second.
    const lastStartMs = Math.max(...items.map(({ started_at }) => started_at));
    expect(lastStartMs).toBeLessThanOrEqual(endsAtMs - NEEDED_MS);
    expect(lastStartMs).toBeGreaterThan(endsAtMs - 6 * ITEM_MS);
    const lastEndMs = Math.max(...items.map(({ started_at, duration_ms }) => started_at + duration_ms));
    expect(lastEndMs).toBeLessThanOrEqual(endsAtMs);
    const open = "SELECT count(*) FROM batch_chunks WHERE run_id = ? AND state = 'queued'";
    expect(queryNumber(stack.databaseUrl, open, runId)).toBe(0);

    // Its own window goes on, so the rest does at once.
    expect(next).toMatchObject({ businessDate: ended?.businessDate, itemsTotal: ITEMS - items.length });
    const last = await runEnd(stack.url, next?.runId ?? '', 90_000);
    expect(last).toMatchObject({ state: 'succeeded', itemsSucceeded: ITEMS - items.length });
    const lines = [...items, ...itemsOf(last.runId)].map(({ line_number }) => line_number);
    expect(lines.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ITEMS }, (_, index) => index + 1));
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
