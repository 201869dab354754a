import { connect } from 'node:net';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { startManagementInProcess } from '../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../test/support/temp-stores.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import type { ItemListView, RunListView, RunView, StartedRunView } from './run-views.js';

const LINES = '{"n":1}\n\n{"n":2}\nnot JSON\n';

interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

describe('the API of batches', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    // The worker of this test takes chunks and does nothing: what becomes of them is written by the test itself.
    management = await startManagementInProcess({ index: () => null, run: () => null }, [
      // No worker is there: what earlier tests have started stays out.
      '--chunks-in-flight',
      '100',
      '--max-input-bytes',
      '1000',
    ]);
    await activateApp(management.stores, 'billing', [
      functionWith('invoice', { type: 'queueTrigger' }),
      functionWith('page', { type: 'httpTrigger' }),
      functionWith('file', { type: 'blobTrigger' }),
    ]);
    await management.stores.catalogue.findOrCreateApp('empty');
  });

  afterAll(() => management.stop());

  async function ask<Body>(path: string, init: RequestInit = {}): Promise<Answer<Body>> {
    const response = await fetch(`${management.url}/api/v1/batches${path}`, init);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  }

  const post = <Body = StartedRunView>(query: string, body: string, headers: Record<string, string> = {}) =>
    ask<Body>(`?${query}`, { method: 'POST', body, headers });

  const start = async (): Promise<string> => (await post('app=billing&function=invoice', LINES)).body.runId;

  const chunkOf = (runId: string) =>
    waitFor(
      async () => {
        const open = await management.stores.batches.listStaleChunks(0, 1000);
        return open.find((chunk) => chunk.runId === runId);
      },
      { timeoutMs: 5000, intervalMs: 10 },
    );

  /** As a worker would: the first item succeeds, the second fails, the third is malformed. */
  async function finish(runId: string): Promise<void> {
    const chunk = await chunkOf(runId);
    const machineId = newId();
    await management.stores.batches.claimChunk(chunk.id, 1001, machineId);
    const base = { attempts: 1, startedAt: new Date(), durationMs: 2 };
    const failure = { source: 'function', type: 'Error', message: 'no' } as const;
    await management.stores.batches.recordProgress([
      {
        chunkId: chunk.id,
        runId,
        fence: 1001,
        machineId,
        done: true,
        items: [
          { ...base, lineNumber: 1, state: 'succeeded', output: { total: 5 } },
          { ...base, lineNumber: 3, state: 'failed', failure },
          { ...base, lineNumber: 4, state: 'failed', failure: { ...failure, type: 'MalformedItem' } },
        ],
      },
    ]);
  }

  it('starts a run and says where it is read', async () => {
    const { status, headers, body } = await post('app=billing&function=invoice&name=nightly', LINES);
    expect(status).toBe(201);
    expect(body).toMatchObject({ itemsTotal: 3, state: 'waiting' });
    expect(headers.get('location')).toBe(`/api/v1/batches/runs/${body.runId}`);
    const run = await ask<RunView>(`/runs/${body.runId}`);
    expect(run.body).toMatchObject({ app: 'billing', function: 'invoice', name: 'nightly', itemsTotal: 3 });
  });

  it.each(['application/x-ndjson', 'text/plain', 'application/json', 'application/x-www-form-urlencoded'])(
    'takes the file whatever its type is said to be: %s',
    async (contentType) => {
      const { status, body } = await post('app=billing&function=invoice', LINES, {
        'content-type': contentType,
      });
      expect({ status, items: body.itemsTotal }).toEqual({ status: 201, items: 3 });
    },
  );

  it('shows progress, results and failures to the end', async () => {
    const runId = await start();
    await finish(runId);
    const run = await waitFor(
      async () => {
        const { body } = await ask<RunView>(`/runs/${runId}`);
        return body.endedAt !== null && body;
      },
      { timeoutMs: 5000, intervalMs: 20 },
    );
    expect(run).toMatchObject({
      state: 'completedWithFailures',
      itemsSucceeded: 1,
      itemsFailed: 2,
      chunksDone: 1,
      itemMeanMs: 2,
    });
    expect(run.itemsPerSecond).toBeGreaterThan(0);

    const all = await ask<ItemListView>(`/runs/${runId}/items?limit=2`);
    expect(all.body).toMatchObject({
      items: [{ lineNumber: 1, output: { total: 5 } }, { lineNumber: 3 }],
      nextLine: 3,
    });
    const rest = await ask<ItemListView>(`/runs/${runId}/items?limit=2&afterLine=3`);
    expect(rest.body.items).toMatchObject([{ lineNumber: 4, failure: { type: 'MalformedItem' } }]);
    expect(rest.body.nextLine).toBeUndefined();
    const failed = await ask<ItemListView>(`/runs/${runId}/items?state=failed`);
    expect(failed.body.items.map((item) => item.lineNumber)).toEqual([3, 4]);
  });

  it('is one run when an Idempotency-Key comes twice', async () => {
    const once = await post('app=billing&function=invoice', LINES, { 'idempotency-key': 'k1' });
    const twice = await post('app=billing&function=invoice', LINES, { 'idempotency-key': 'k1' });
    expect([once.status, twice.status]).toEqual([201, 200]);
    expect(twice.body.runId).toBe(once.body.runId);
  });

  it('lists runs page by page, the newest first', async () => {
    const ids = [await start(), await start()];
    const first = await ask<RunListView>('/runs?limit=1');
    expect(first.body.runs.map((run) => run.runId)).toEqual([ids[1]]);
    const second = await ask<RunListView>(`/runs?limit=1&after=${first.body.next}`);
    expect(second.body.runs.map((run) => run.runId)).toEqual([ids[0]]);
  });

  it('cancels a run, once', async () => {
    const runId = await start();
    await chunkOf(runId);
    const cancelled = await ask<RunView>(`/runs/${runId}/cancel`, { method: 'POST' });
    expect(cancelled.status).toBe(202);
    await waitFor(async () => (await ask<RunView>(`/runs/${runId}`)).body.state === 'cancelled', {
      timeoutMs: 5000,
    });
    const again = await ask<ErrorBody>(`/runs/${runId}/cancel`, { method: 'POST' });
    expect(again.status).toBe(409);
  });

  const refusals: [string, string, string, number, RegExp][] = [
    ['an empty file', 'app=billing&function=invoice', '', 400, /has no items/],
    ['a file of blank lines', 'app=billing&function=invoice', '\n \n', 400, /has no items/],
    ['a file over the limit', 'app=billing&function=invoice', '1\n'.repeat(600), 413, /maxInputBytes/],
    ['no app', 'function=invoice', LINES, 400, /^app: must be the name/],
    ['no function', 'app=billing', LINES, 400, /^function: must be the name/],
    [
      'a name that is too long',
      `app=billing&function=invoice&name=${'x'.repeat(129)}`,
      LINES,
      400,
      /^name: .*128/,
    ],
    ['an unknown app', 'app=nope&function=invoice', LINES, 404, /"nope"/],
    ['an unknown function', 'app=billing&function=nope', LINES, 404, /"nope"/],
    ['an app without a version', 'app=empty&function=invoice', LINES, 409, /publish it first/],
    ['a function that takes no items', 'app=billing&function=file', LINES, 400, /queueTrigger/],
  ];

  it.each(refusals)('refuses %s and says why', async (_, query, file, status, message) => {
    const answer = await post<ErrorBody>(query, file);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toMatch(message);
  });

  it.each([
    ['/runs?limit=0', /^limit: must be a whole number from 1 to 1000/],
    ['/runs?limit=many', /^limit: must be a whole number/],
    ['/runs?after=x', /^after: must be/],
    ['/runs/x', /^runId: must be the id of a batch run/],
  ])('says which field of %s is wrong', async (path, message) => {
    const answer = await ask<ErrorBody>(path);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toMatch(message);
  });

  it('says that there is no such run', async () => {
    for (const path of [`/runs/${newId()}`, `/runs/${newId()}/items`])
      expect((await ask(path)).status).toBe(404);
  });

  it('keeps nothing of an upload whose client went away', async () => {
    const before = await management.stores.batches.listRuns({ limit: 1 });
    const { port, hostname } = new URL(management.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /api/v1/batches?app=billing&function=invoice HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{"a":1}\n',
    );
    await sleep(100);
    socket.destroy();
    await sleep(100);
    expect(await readdir(join(management.dataFolder, 'blobs', 'unfinished'))).toEqual([]);
    expect((await management.stores.batches.listRuns({ limit: 1 })).rows[0]?.id).toBe(before.rows[0]?.id);
  });
});
