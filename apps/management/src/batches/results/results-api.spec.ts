import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { startManagementInProcess } from '../../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../../test/support/temp-stores.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import type { StartedRunView } from '../run-views.js';
import type { ItemDetailView } from './item-detail-view.js';

const LINES = '{"n":1}\n\n{"n":2}\nnot JSON\n';

interface ErrorBody {
  readonly error: { readonly message: string };
}

describe('inputs and results by the API', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    // Its worker takes chunks and does nothing: what becomes of them is written by the test itself.
    management = await startManagementInProcess({ index: () => null, run: () => null }, [
      '--max-input-bytes',
      '2000000',
    ]);
    await activateApp(management.stores, 'billing', [functionWith('invoice', { type: 'queueTrigger' })]);
  });

  afterAll(() => management.stop());

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${management.url}/api/v1/batches/runs/${path}`, { headers });

  const send = (path: string, body: string | Buffer, contentType: string): Promise<Response> =>
    fetch(`${management.url}/api/v1/${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { 'content-type': contentType },
    });

  async function start(
    body: string | Buffer,
    contentType = 'application/x-ndjson',
    query = '',
  ): Promise<StartedRunView> {
    const response = await send(`batches?app=billing&function=invoice${query}`, body, contentType);
    expect(response.status).toBe(201);
    return (await response.json()) as StartedRunView;
  }

  /** As a worker would: these lines have these outcomes. */
  async function record(
    runId: string,
    failedLines: readonly number[],
    lines: readonly number[],
  ): Promise<void> {
    const chunk = await waitFor(
      async () =>
        (await management.stores.batches.listStaleChunks(0, 1000)).find((one) => one.runId === runId),
      { timeoutMs: 60_000, intervalMs: 10 },
    );
    const machineId = newId();
    await management.stores.batches.claimChunk(chunk.id, 1001, machineId);
    const failure = { source: 'function', type: 'Error', message: 'no' } as const;
    const items = lines.map((lineNumber) => {
      const base = { lineNumber, attempts: 1, startedAt: new Date(), durationMs: 2 };
      return failedLines.includes(lineNumber)
        ? { ...base, state: 'failed' as const, failure }
        : { ...base, state: 'succeeded' as const, output: { total: lineNumber } };
    });
    const done = items.length === chunk.itemCount;
    await management.stores.batches.recordProgress([
      { chunkId: chunk.id, runId, fence: 1001, machineId, done, items },
    ]);
  }

  it('takes CSV, by the words of the query', async () => {
    const csv = Buffer.from('id;name\n1;Müller\n2;"Bob; jr."\n', 'latin1');
    const { runId, itemsTotal } = await start(csv, 'text/csv; charset=iso-8859-1', '&delimiter=%3B');
    expect(itemsTotal).toBe(2);
    await record(runId, [], [1]);
    const item = (await (await get(`${runId}/items/2`)).json()) as ItemDetailView;
    expect(item).toEqual({
      lineNumber: 2,
      input: '{"id":"2","name":"Bob; jr."}',
      inputIsCut: false,
      outcome: null,
    });
  });

  it.each([
    ['text/csv', '', 'a,b\n1,2\n3\n', /^line 3: the record has 1 fields/],
    ['text/csv', '', 'a,b\n', /no items/],
    ['text/csv', '&quote=%22%22', 'a,b\n1,2\n', /^quote: must be one character/],
    ['text/csv', '&header=maybe', 'a,b\n1,2\n', /^header: must be true or false/],
    ['application/json', '&delimiter=x', '1\n', /^delimiter: is for CSV/],
  ])('refuses %s%s %j, and keeps nothing', async (type, query, body, message) => {
    const before = await management.stores.batches.listRuns({ limit: 1 });
    const response = await send(`batches?app=billing&function=invoice${query}`, body, type);
    expect(response.status).toBe(400);
    expect(((await response.json()) as ErrorBody).error.message).toMatch(message);
    expect((await management.stores.batches.listRuns({ limit: 1 })).rows[0]?.id).toBe(before.rows[0]?.id);
  });

  it('stores a file that definitions can name, once', async () => {
    const answers = [];
    for (const type of ['text/csv', 'application/x-ndjson'])
      answers.push(await send('files', 'a,b\n1,2\n', type));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const bodies = await Promise.all(answers.map((one) => one.json()));
    expect(bodies[0]).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), sizeBytes: 8 });
    expect(bodies[1]).toEqual(bodies[0]);
    expect((await send('files', '\n\n', 'text/csv')).status).toBe(400);
    expect((await send('files', 'x'.repeat(2_000_001), 'text/csv')).status).toBe(413);
  });

  it('shows an item with its line of the input', async () => {
    const { runId } = await start(LINES);
    await record(runId, [3], [1, 3]);
    const item = async (line: number | string): Promise<Response> => get(`${runId}/items/${line}`);
    expect(await (await item(3)).json()).toMatchObject({
      input: '{"n":2}',
      outcome: { state: 'failed', attempts: 1, failure: { type: 'Error' } },
    });
    expect(await (await item(4)).json()).toMatchObject({ input: 'not JSON', outcome: null });
    expect((await item(2)).status).toBe(404);
    expect((await item(5)).status).toBe(404);
    expect((await item(0)).status).toBe(400);
    expect((await get(`${newId()}/items/1`)).status).toBe(404);
  });

  it('exports what there is as JSON Lines and CSV, filtered, with inputs, compressed', async () => {
    const { runId } = await start(LINES);
    await record(runId, [3, 4], [1, 3, 4]);
    const all = await get(`${runId}/export?include=input`, { 'accept-encoding': 'identity' });
    expect(all.headers.get('content-type')).toBe('application/x-ndjson');
    expect(all.headers.get('content-disposition')).toContain(`run-${runId}.jsonl`);
    const items = (await all.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(items).toMatchObject([
      { lineNumber: 1, state: 'succeeded', output: { total: 1 }, input: { n: 1 } },
      { lineNumber: 3, state: 'failed', failure: { message: 'no' }, input: { n: 2 } },
      { lineNumber: 4, state: 'failed', input: 'not JSON' },
    ]);
    const csv = await get(`${runId}/export?format=csv&state=failed&toLine=3`, { 'accept-encoding': 'gzip' });
    expect(csv.headers.get('content-encoding')).toBe('gzip');
    expect((await csv.text()).split('\r\n')).toEqual([
      'lineNumber,state,attempts,startedAt,durationMs,output,failureType,failureMessage',
      expect.stringMatching(/^3,failed,1,.*,2,,Error,no$/),
      '',
    ]);
    expect((await get(`${newId()}/export`)).status).toBe(404);
    expect((await get(`${runId}/export?format=xml`)).status).toBe(400);
  });

  it('really sends it compressed', async () => {
    const { runId } = await start(LINES);
    await record(runId, [], [1]);
    const raw = await new Promise<Buffer>((resolve, reject) => {
      const url = `${management.url}/api/v1/batches/runs/${runId}/export`;
      request(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
        const pieces: Buffer[] = [];
        response
          .on('data', (piece: Buffer) => pieces.push(piece))
          .on('end', () => resolve(Buffer.concat(pieces)));
      })
        .on('error', reject)
        .end();
    });
    expect(gunzipSync(raw).toString()).toMatch(/^\{"lineNumber":1,.*\}\n$/);
  });

  it('reads no faster than the client takes it, and stops when that goes away', async () => {
    const { runId } = await start(LINES);
    const { batches } = management.stores;
    const listItems = batches.listItems.bind(batches);
    const output = 'x'.repeat(10_000);
    let pages = 0;
    // Results without an end: whoever reads on without being asked never stops.
    batches.listItems = (_run, _filter, { limit, afterLine = 0 }) => {
      pages += 1;
      const rows = Array.from({ length: limit }, (_, at) => ({
        lineNumber: afterLine + at + 1,
        state: 'succeeded' as const,
        attempts: 1,
        startedAt: new Date(),
        durationMs: 1,
        output,
      }));
      return Promise.resolve({ rows, nextLine: afterLine + limit });
    };
    const standsStill = async (): Promise<number> => {
      let last = -1;
      const isStill = (): boolean => {
        const before = last;
        last = pages;
        return before === pages;
      };
      await waitFor(() => Promise.resolve(isStill()), { timeoutMs: 60_000, intervalMs: 300 });
      return pages;
    };
    try {
      const leaving = new AbortController();
      const response = await fetch(`${management.url}/api/v1/batches/runs/${runId}/export`, {
        headers: { 'accept-encoding': 'identity' },
        signal: leaving.signal,
      });
      const reader = response.body!.getReader();
      await reader.read();
      const waiting = await standsStill();
      for (let taken = 0; taken < 20_000_000;) taken += (await reader.read()).value?.length ?? 0;
      expect(await standsStill()).toBeGreaterThan(waiting);
      leaving.abort();
      await standsStill();
    } finally {
      batches.listItems = listItems;
    }
  });
});
