import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exampleApp } from '../support/app-files.js';
import { allItems, runBatch } from '../support/batch-api.js';
import { queryNumber, queryRows } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { invocationLogs, listInvocations, invocationEnd } from '../support/invocation-api.js';
import { startManagement } from '../support/management.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { streamsApp, v3EchoApp, v4EchoApp } from './support/echo-apps.js';
import { tickingApp } from './support/ticking-app.js';

jest.setTimeout(120_000);

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACE_PARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

/** Publish, call, time, run, read back: with functions in containers, as in production. */
describe('The main job in containers', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({ runtime: 'docker' });
    await publishApp(stack.url, 'hello-http', await exampleApp('hello-http'));
    await publishApp(stack.url, 'classic', await exampleApp('classic'));
    await publishApp(stack.url, 'echo-v4', await v4EchoApp());
    await publishApp(stack.url, 'echo-v3', v3EchoApp());
  });
  afterAll(() => stack.stop());

  const call = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${stack.url}/apps/${path}`, init);

  describe('the examples', () => {
    it.each([
      ['in the route', 'hello-http/api/hello/Ada', undefined, 'Hello, Ada!\n'],
      ['in the query', 'hello-http/api/hello?name=Grace', undefined, 'Hello, Grace!\n'],
      ['in a text', 'hello-http/api/hello', { method: 'POST', body: 'Edsger' }, 'Hello, Edsger!\n'],
      ['in JSON', 'hello-http/api/hello', { method: 'POST', body: '{"name":"Zoë"}' }, 'Hello, Zoë!\n'],
    ])('hello-http greets whom it finds %s', async (_where, path, init, words) => {
      const response = await call(path, init);
      expect([response.status, await response.text()]).toEqual([200, words]);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    });

    it('classic converts numbers of the query and of a body', async () => {
      const one = await call('classic/api/convert/km/mi?value=42.1648128');
      expect(one.headers.get('cache-control')).toBe('max-age=86400');
      expect(await one.json()).toEqual({ from: 'km', to: 'mi', results: [26.2] });
      const headers = { 'content-type': 'application/json' };
      const many = await call('classic/api/convert/ft/m', { method: 'POST', headers, body: '[1, 2.5]' });
      expect(await many.json()).toEqual({ from: 'ft', to: 'm', results: [0.3048, 0.762] });
    });

    it('classic refuses in its own words, and does not see what its route does not match', async () => {
      const refused = await call('classic/api/convert/km/mi?value=far');
      expect([refused.status, await refused.json()]).toEqual([
        400,
        { error: expect.stringContaining('give ?value=<number>') },
      ]);
      const unmatched = await call('classic/api/convert/km/1?value=2');
      expect([unmatched.status, await unmatched.text()]).toEqual([404, '']);
    });
  });

  describe.each(['echo-v4', 'echo-v3'])('an HTTP function (%s)', (app) => {
    it('is given method, route, query and headers, and says status, header and cookie', async () => {
      const response = await call(`${app}/api/echo/thing/7?a=1&b=x%20y`, { headers: { 'x-test': 'tested' } });
      expect(response.status).toBe(201);
      expect(response.headers.get('x-echo')).toBe('yes');
      expect(response.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^session=a%20b(?=.*; Path=\/)(?=.*; HttpOnly)(?=.*; Max-Age=60)(?=.*; SameSite=Lax)/,
        ),
      ]);
      expect(await response.json()).toMatchObject({
        method: 'GET',
        params: { kind: 'thing', id: '7' },
        query: { a: '1', b: 'x y' },
        header: 'tested',
      });
    });

    it('is given a text as it was sent', async () => {
      const response = await call(`${app}/api/echo/thing`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: 'Grüße, 世界',
      });
      const answer = (await response.json()) as { text?: string; body?: string };
      expect(answer.text ?? answer.body).toBe('Grüße, 世界');
    });

    it('gives bytes back as bytes', async () => {
      const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
      const headers = { 'content-type': 'application/octet-stream' };
      const response = await call(`${app}/api/reversed`, { method: 'POST', headers, body: bytes });
      expect(response.headers.get('content-type')).toBe('application/octet-stream');
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.toReversed());
    });

    it('may say nothing', async () => {
      const response = await call(`${app}/api/nothing`);
      // The v3 model always has a response, if an empty one.
      expect([response.status, await response.text()]).toEqual([app === 'echo-v4' ? 204 : 200, '']);
    });

    it('finds the trace of its caller', async () => {
      const response = await call(`${app}/api/echo/trace`, { headers: { traceparent: TRACE_PARENT } });
      const { traceParent, invocationId } = (await response.json()) as Record<string, string>;
      expect(traceParent).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
      const record = await invocationEnd(stack.url, invocationId ?? '');
      expect(record.traceParent).toContain(TRACE_ID);
    });
  });

  it('hands JSON to both models', async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"numbers":[1,2.5]}',
    };
    expect(await (await call('echo-v4/api/json', init)).json()).toEqual({ doubled: [2, 5] });
    expect(await (await call('echo-v3/api/echo/json', init)).json()).toMatchObject({
      body: { numbers: [1, 2.5] },
    });
  });

  it('runs an app that streams its requests and responses', async () => {
    await publishApp(stack.url, 'streams', await streamsApp());
    const text = 'a line of text\n'.repeat(20_000);
    const upper = await call('streams/api/upper/Ada?mode=loud', { method: 'POST', body: text });
    expect([upper.status, upper.headers.get('x-name'), upper.headers.get('x-mode')]).toEqual([
      202,
      'Ada',
      'loud',
    ]);
    expect(await upper.text()).toBe(text.toUpperCase());
    const lines = (await (await call('streams/api/lines')).text()).trimEnd().split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([1000, 'line 1000']);
  });

  it('keeps of a call what went in, what came out and what was logged, in the API and in SQL', async () => {
    const response = await call('echo-v4/api/echo/record/1?q=2', { method: 'PUT', body: 'kept' });
    const { invocationId } = (await response.json()) as { invocationId: string };
    const record = await invocationEnd(stack.url, invocationId);
    expect(record).toMatchObject({
      trigger: 'http',
      state: 'succeeded',
      input: { kind: 'http', request: { method: 'PUT', body: 'kept', params: { kind: 'record', id: '1' } } },
      output: { http: { statusCode: 201, headers: { 'x-echo': 'yes' } } },
      attempts: [{ number: 1 }],
      logsTruncated: false,
    });
    const times = [record.queuedAt, record.startedAt, record.endedAt].map((time) => Date.parse(time ?? ''));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const lines = [
      { level: 'information', category: 'user', message: 'an information' },
      { level: 'warning', category: 'user', message: 'a warning' },
      { level: 'error', category: 'user', message: 'an error' },
    ];
    const logs = await invocationLogs(stack.url, invocationId);
    expect(logs.lines.filter(({ category }) => category === 'user')).toEqual(lines);

    const [row] = queryRows<{ state: string; output: string; machine: string }>(
      stack.databaseUrl,
      `SELECT state, output, (SELECT name FROM machines WHERE machines.id = machine_id) AS machine
       FROM invocations WHERE id = ?`,
      invocationId,
    );
    expect(row).toMatchObject({
      state: 'succeeded',
      machine: 'one',
      output: expect.stringContaining('kept'),
    });
    const messages = queryRows<{ message: string }>(
      stack.databaseUrl,
      "SELECT message FROM invocation_logs WHERE invocation_id = ? AND category = 'user' ORDER BY line_number",
      invocationId,
    );
    expect(messages.map(({ message }) => message)).toEqual(lines.map(({ message }) => message));
  });

  it('fires a timer once per occurrence, though two managements look at it', async () => {
    const { dataFolder, databaseUrl } = stack.management;
    const second = await startManagement({ redisUrl: stack.redis.url, dataFolder, databaseUrl });
    try {
      await publishApp(stack.url, 'ticking', await tickingApp());
      const ticks = await waitFor(
        async () => {
          const ended = await listInvocations(stack.url, 'app=ticking&function=tick&state=succeeded');
          return ended.length >= 5 ? ended : undefined;
        },
        { timeoutMs: 60_000, what: 'five ticks' },
      );
      expect(ticks.every(({ trigger, attemptCount }) => trigger === 'timer' && attemptCount === 1)).toBe(
        true,
      );
      // Another version without the timer: from here on nothing fires.
      await publishApp(stack.url, 'ticking', v3EchoApp());
      await sleep(2_500); // The other management hears of it within a second.
      const occurrences = queryRows<{ planned: number; invocation: string }>(
        databaseUrl,
        'SELECT planned_at AS planned, invocation_id AS invocation FROM schedule_occurrences ORDER BY planned_at',
      );
      expect(occurrences.every(({ planned }) => planned % 1000 === 0)).toBe(true);
      expect(new Set(occurrences.map(({ invocation }) => invocation)).size).toBe(occurrences.length);
      const fired = queryNumber(databaseUrl, "SELECT count(*) FROM invocations WHERE function_name = 'tick'");
      expect(fired).toBe(occurrences.length);
      const words = "SELECT count(*) FROM invocation_logs WHERE message LIKE 'tick %'";
      const allSpoke = (): boolean => queryNumber(databaseUrl, words) === occurrences.length;
      await waitFor(allSpoke, { timeoutMs: 60_000, what: 'each tick to be recorded, once' });
    } finally {
      await second.stop();
    }
  });

  it('runs a batch of invoices and keeps an outcome for each', async () => {
    await publishApp(stack.url, 'nightly-invoices', await exampleApp('nightly-invoices'));
    const invoices = readFileSync('examples/nightly-invoices/data/invoices.jsonl', 'utf8').split('\n');
    const order = { app: 'nightly-invoices', function: 'processInvoice' };
    const run = await runBatch(stack.url, { ...order, input: invoices.slice(0, 2_000).join('\n') }, 60_000);
    expect(run).toMatchObject({ state: 'completedWithFailures', itemsSucceeded: 1_998, itemsFailed: 2 });
    const failed = await allItems(stack.url, run.runId, 'failed');
    expect(failed.map(({ lineNumber }) => lineNumber)).toEqual([418, 1377]);
  });

  it('leaves the database in order, and nothing in the logs that a person must see to', () => {
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
    const logs = [
      join(stack.management.dataFolder, 'management.log'),
      join(stack.worker().dataFolder, 'worker.log'),
    ];
    const errors = logs.flatMap((file) => readFileSync(file, 'utf8').split('\n')).filter(isError);
    expect(errors).toEqual([]);
  });
});

/** Pino's levels: 50 is ERROR. A line that is no JSON was not written by the logger. */
function isError(line: string): boolean {
  return /"level":(50|60|"error"|"fatal")/.test(line);
}
