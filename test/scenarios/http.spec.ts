import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { queryNumber } from '../support/database.js';
import { executionsIn } from '../support/executions.js';
import { brokenInvariants } from '../support/invariants.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { callsApp } from './support/calls-app.js';

jest.setTimeout(60_000);

const HTTP_WAIT_SECONDS = 2;
const MAX_BODY_BYTES = 100_000;

describe('HTTP functions', () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('calls');
    stack = await Stack.start({
      managementSettings: {
        NIGHTJAR_HTTP_WAIT_SECONDS: String(HTTP_WAIT_SECONDS),
        NIGHTJAR_MAX_REQUEST_BODY_BYTES: String(MAX_BODY_BYTES),
        NIGHTJAR_RECONCILE_INTERVAL_SECONDS: '2',
        NIGHTJAR_RECONCILE_SILENT_SECONDS: '1',
      },
    });
    await publishApp(stack.url, 'calls', callsApp());
    // The first call starts the container, for which the others must not be told 202.
    const warm = async (): Promise<boolean> => (await call('open')).status === 200;
    await waitFor(warm, { timeoutMs: 60_000, what: 'a warm container' });
  });
  afterAll(async () => {
    await stack.stop();
    await removeFolder(folder);
  });

  const call = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${stack.url}/apps/calls/api/${path}`, init);

  const statusAndText = async (response: Response): Promise<[number, string]> => [
    response.status,
    await response.text(),
  ];

  /** Calls `work`. */
  const work = (id: string, ms: number, headers: Record<string, string> = {}): Promise<Response> =>
    call('work', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ id, ms, file: join(folder, 'executions') }),
    });
  const executionsOf = (id: string): number => executionsIn(join(folder, 'executions')).get(id) ?? 0;

  describe('what is not there', () => {
    it.each([
      ['a function', 'apps/calls/api/nowhere'],
      ['an app', 'apps/nothing/api/open'],
      ['a route without an app', 'api/nowhere'],
    ])('%s: 404 with an empty body', async (_what, path) => {
      expect(await statusAndText(await fetch(`${stack.url}/${path}`))).toEqual([404, '']);
    });

    it('another method: 404 with an empty body', async () => {
      expect(await statusAndText(await call('open', { method: 'DELETE' }))).toEqual([404, '']);
      expect(await statusAndText(await call('open'))).toEqual([200, 'hello']);
    });

    it('but without an app too, where only one app has the route', async () => {
      expect(await statusAndText(await fetch(`${stack.url}/api/open`))).toEqual([200, 'hello']);
    });
  });

  describe('keys', () => {
    let functionKey: string;
    let otherFunctionsKey: string;
    let hostKey: string;
    let masterKey: string;

    const makeKey = async (key: Record<string, string>): Promise<string> => {
      const response = await fetch(`${stack.url}/api/v1/apps/calls/keys`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(key),
      });
      expect(response.status).toBe(201);
      return ((await response.json()) as { key: string }).key;
    };

    beforeAll(async () => {
      functionKey = await makeKey({ scope: 'function', functionName: 'guarded', name: 'mine' });
      otherFunctionsKey = await makeKey({ scope: 'function', functionName: 'guarded-too', name: 'mine' });
      hostKey = await makeKey({ scope: 'host', name: 'all' });
      masterKey = readFileSync(join(stack.management.dataFolder, 'master-key'), 'utf8').trim();
    });

    /** The same whichever way the key is sent. */
    const statuses = async (path: string, key: string): Promise<number[]> => {
      const byHeader = await call(path, { headers: { 'x-functions-key': key } });
      const byQuery = await call(`${path}?code=${encodeURIComponent(key)}`);
      return [byHeader.status, byQuery.status];
    };

    it('without one a guarded function is 401 with an empty body', async () => {
      expect(await statusAndText(await call('guarded'))).toEqual([401, '']);
      expect(await statusAndText(await call('secret'))).toEqual([401, '']);
    });

    it('a wrong one opens nothing', async () => {
      expect(await statuses('guarded', 'wrong-key-wrong-key-wrong-key')).toEqual([401, 401]);
      expect(await statuses('secret', 'wrong-key-wrong-key-wrong-key')).toEqual([401, 401]);
    });

    it("a function's own key, a host key and the master key open it; another function's does not", async () => {
      expect(await statuses('guarded', functionKey)).toEqual([200, 200]);
      expect(await statuses('guarded', hostKey)).toEqual([200, 200]);
      expect(await statuses('guarded', masterKey)).toEqual([200, 200]);
      expect(await statuses('guarded', otherFunctionsKey)).toEqual([401, 401]);
    });

    it('only the master key opens the level admin', async () => {
      expect(await statuses('secret', masterKey)).toEqual([200, 200]);
      expect(await statuses('secret', hostKey)).toEqual([401, 401]);
      expect(await statuses('secret', functionKey)).toEqual([401, 401]);
    });

    it('the header goes before the query', async () => {
      const headers = { 'x-functions-key': 'wrong-key-wrong-key-wrong-key' };
      expect((await call(`guarded?code=${functionKey}`, { headers })).status).toBe(401);
    });
  });

  it('refuses a body over the limit, announced or not, and takes one at the limit', async () => {
    const post = (body: RequestInit['body']): Promise<Response> =>
      call('work', { method: 'POST', body, duplex: 'half' });
    expect((await post(Buffer.alloc(MAX_BODY_BYTES + 1, 'x'))).status).toBe(413);
    const unannounced = new Blob([new Uint8Array(MAX_BODY_BYTES + 1)]).stream();
    expect((await post(unannounced)).status).toBe(413);
    const filler = { id: 'full', file: join(folder, 'executions'), filler: '' };
    const room = MAX_BODY_BYTES - Buffer.byteLength(JSON.stringify(filler));
    const body = JSON.stringify({ ...filler, filler: 'x'.repeat(room) });
    expect(Buffer.byteLength(body)).toBe(MAX_BODY_BYTES);
    const headers = { 'content-type': 'application/json' };
    expect((await call('work', { method: 'POST', headers, body })).status).toBe(201);
  });

  describe('a call that is not waited for', () => {
    /** Asks Location until the call has ended, then reads the response. */
    const responseOf = async (accepted: Response): Promise<Response> => {
      const location = accepted.headers.get('location') ?? '';
      const ended = await waitFor(
        async () => {
          const status = await fetch(location);
          return status.status === 200 ? ((await status.json()) as { responseUrl: string }) : undefined;
        },
        { timeoutMs: 60_000, what: 'the end of the call' },
      );
      return fetch(new URL(ended.responseUrl, stack.url));
    };

    it('is 202 with Location at once when the client prefers it, and its response is kept', async () => {
      const began = performance.now();
      const accepted = await work('async', 3_000, { prefer: 'respond-async' });
      expect(performance.now() - began).toBeLessThan(3_000);
      expect(accepted.status).toBe(202);
      const status = await fetch(accepted.headers.get('location') ?? '');
      expect([status.status, Number(status.headers.get('retry-after'))]).toEqual([202, expect.any(Number)]);
      const response = await responseOf(accepted);
      expect([response.status, response.headers.get('x-id')]).toEqual([201, 'async']);
      expect(await response.json()).toEqual({ id: 'async' });
      expect(executionsOf('async')).toBe(1);
    });

    it('is 202 when the function takes longer than is waited, and runs once', async () => {
      const accepted = await work('slow', HTTP_WAIT_SECONDS * 1000 + 1_500);
      expect(accepted.status).toBe(202);
      expect(Number(accepted.headers.get('retry-after'))).toBeGreaterThan(0);
      const response = await responseOf(accepted);
      expect([response.status, await response.json()]).toEqual([201, { id: 'slow' }]);
      expect(executionsOf('slow')).toBe(1);
    });
  });

  describe('Idempotency-Key', () => {
    it('makes two requests one invocation, with the same answer', async () => {
      const headers = { 'idempotency-key': 'order-1' };
      const answers = [await work('twice', 0, headers), await work('twice', 0, headers)];
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
        { id: 'twice' },
        { id: 'twice' },
      ]);
      expect(executionsOf('twice')).toBe(1);
    });

    it('makes ten requests at once one invocation', async () => {
      const headers = { 'idempotency-key': 'order-2' };
      const answers = await Promise.all(Array.from({ length: 10 }, () => work('at-once', 300, headers)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(executionsOf('at-once')).toBe(1);
      const rows = "SELECT count(*) FROM invocations WHERE idempotency_key = 'order-2'";
      expect(queryNumber(stack.databaseUrl, rows)).toBe(1);
    });

    it('is refused when it is none', async () => {
      expect((await work('bad-key', 0, { 'idempotency-key': 'x'.repeat(300) })).status).toBe(400);
      expect(executionsOf('bad-key')).toBe(0);
    });
  });

  it('answers 503 with Retry-After while Redis is away, keeps promises, and works again after', async () => {
    await stack.redis.kill();
    const began = performance.now();
    const refused = await waitFor(
      async () => {
        const response = await call('open');
        return response.status === 503 ? response : undefined;
      },
      { timeoutMs: 60_000, what: '503' },
    );
    expect(performance.now() - began).toBeLessThan(8_000);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(`${stack.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);
    const promised = await work('promised', 0, { prefer: 'respond-async' });
    expect(promised.status).toBe(202);

    await stack.redis.restart();
    const works = async (): Promise<boolean> => (await call('open')).status === 200;
    await waitFor(works, { timeoutMs: 60_000, what: 'a call that works again' });
    const kept = { timeoutMs: 60_000, what: 'the promised call' };
    await waitFor(async () => (await fetch(promised.headers.get('location') ?? '')).status === 200, kept);
    expect(executionsOf('promised')).toBe(1);
  });

  it('leaves the database in order', async () => {
    await waitFor(() => brokenInvariants(stack.databaseUrl).length === 0, { timeoutMs: 60_000 }).catch(
      () => undefined,
    );
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
