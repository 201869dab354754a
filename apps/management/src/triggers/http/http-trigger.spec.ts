import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseHostJson } from '#shared/contracts/host-json.js';
import type { InvocationJob } from '#shared/contracts/jobs.js';
import type { InvocationReply } from '#shared/contracts/replies.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { HttpRequestData, HttpResponseData } from '#shared/domain/invocation.js';
import { newId } from '#shared/domain/ids.js';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../../test/support/management-in-process.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { Catalogue } from '../../catalogue/catalogue.js';

jest.setTimeout(30_000);

type Answer = Omit<InvocationReply, 'kind' | 'id'> | null;

let management: ManagementInProcess;
let answer: (job: InvocationJob) => Answer;

const responds = (http: Partial<HttpResponseData> = {}): Answer => ({
  state: 'succeeded',
  output: { http: { statusCode: 200, headers: {}, ...http } },
});

beforeEach(async () => {
  answer = () => responds({ body: 'ok' });
  management = await startManagementInProcess({ index: () => null, run: (job) => answer(job) }, [
    '--http-wait-seconds',
    '1',
    '--max-request-body-bytes',
    '1000',
  ]);
});
afterEach(() => management.stop());

async function activate(
  appName: string,
  functions: Record<string, Record<string, unknown>>,
  httpSettings: object = {},
): Promise<string> {
  const app = await management.stores.catalogue.findOrCreateApp(appName);
  const definitions = Object.entries(functions).map(([name, { disabled = false, ...trigger }]) => ({
    name,
    programmingModel: 'v4',
    disabled,
    bindings: [{ name: 'req', type: 'httpTrigger', direction: 'in', authLevel: 'anonymous', ...trigger }],
  }));
  await management.app.get(Catalogue).activate({
    id: newId(),
    appId: app.id,
    packageDigest: 'a'.repeat(64),
    packageSizeBytes: 1,
    host: parseHostJson(JSON.stringify({ version: '2.0', extensions: { http: httpSettings } })),
    functions: definitions as FunctionDefinition[],
    schedules: [],
  });
  return app.id;
}

const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(management.url + path, init);

function lastRequest(): HttpRequestData {
  const job = management.queue.taken.at(-1) as InvocationJob;
  return (job.input as { request: HttpRequestData }).request;
}

describe('an HTTP function', () => {
  it('is called by its route below its app, and without the app', async () => {
    await activate('shop', { hello: { route: 'greet/{name:alpha}' } });
    for (const path of ['/apps/shop/api/greet/Ann', '/api/GREET/Ann', '/apps/SHOP/api/greet/Ann/']) {
      expect(await (await call(path)).text()).toBe('ok');
      expect(lastRequest().params).toEqual({ name: 'Ann' });
    }
  });

  it('gets the request as it came', async () => {
    await activate('shop', { hello: {} });
    await call('/api/hello?a=1&a=2&code=x', { method: 'POST', body: 'grün', headers: { 'X-Custom': 'v' } });
    expect(lastRequest()).toMatchObject({
      method: 'POST',
      url: `${management.url}/api/hello?a=1&a=2&code=x`,
      headers: { 'x-custom': 'v', 'content-type': 'text/plain;charset=UTF-8' },
      query: { a: '1,2', code: 'x' },
      body: 'grün',
      bodyEncoding: 'utf8',
    });
  });

  it('gets bytes as bytes, whatever the content type says', async () => {
    await activate('shop', { hello: {} });
    const headers = { 'content-type': 'application/json' };
    expect(
      (await call('/api/hello', { method: 'POST', body: new Uint8Array([255, 0]), headers })).status,
    ).toBe(200);
    expect(lastRequest()).toMatchObject({ body: '/wA=', bodyEncoding: 'base64' });
  });

  it('gives its response: status, headers, cookies and bytes', async () => {
    await activate('shop', { hello: {} }, { customHeaders: { 'x-frame-options': 'DENY', 'x-a': 'common' } });
    answer = () =>
      responds({
        statusCode: 418,
        headers: { 'content-type': 'image/png', 'x-a': 'own' },
        cookies: [
          { name: 'a', value: '1' },
          { name: 'b', value: '2' },
        ],
        body: '/wA=',
        bodyEncoding: 'base64',
      });
    const response = await call('/api/hello');
    expect(response.status).toBe(418);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([255, 0]);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-a')).toBe('own');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
  });

  it('is 500 with nothing when it failed, 504 when it took too long, 204 when it gave nothing', async () => {
    await activate('shop', { hello: {} });
    answer = () => ({ state: 'failed', failure: { source: 'function', type: 'Error', message: 'secret' } });
    const failed = await call('/api/hello');
    expect([failed.status, await failed.text()]).toEqual([500, '']);
    answer = () => ({ state: 'timedOut' });
    expect((await call('/api/hello')).status).toBe(504);
    answer = () => ({ state: 'succeeded' });
    expect((await call('/api/hello')).status).toBe(204);
  });

  it('is 500 when its headers would break the response', async () => {
    await activate('shop', { hello: {} });
    answer = () => responds({ headers: { 'x-evil': 'a\r\nset-cookie: b' } });
    const response = await call('/api/hello');
    expect(response.status).toBe(500);
    expect(response.headers.has('set-cookie')).toBe(false);
  });

  it('is 404 with nothing for another method, when it is disabled, and for what is not there', async () => {
    await activate('shop', { hello: { methods: ['GET'] }, off: { disabled: true } });
    for (const [path, method] of [
      ['/api/hello', 'POST'],
      ['/api/off', 'GET'],
      ['/api/nothing', 'GET'],
      ['/', 'GET'],
      ['/apps/nobody/api/hello', 'GET'],
    ] as const) {
      const response = await call(path, { method });
      expect([path, response.status, await response.text()]).toEqual([path, 404, '']);
    }
    expect((await call('/api/hello', { method: 'HEAD' })).status).toBe(404);
  });

  it('answers HEAD without a body when it takes HEAD', async () => {
    await activate('shop', { hello: { methods: ['HEAD', 'OPTIONS'] } });
    const response = await call('/api/hello', { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '2',
      '',
    ]);
    expect((await call('/api/hello', { method: 'OPTIONS' })).status).toBe(200);
  });

  it("is the oldest app's where two have one route", async () => {
    await activate('old', { mine: { route: 'same' } });
    await activate('young', { theirs: { route: 'same' }, own: {} });
    await call('/api/same');
    expect(management.queue.taken.at(-1)).toMatchObject({ functionName: 'mine' });
    await call('/apps/young/api/same');
    expect(management.queue.taken.at(-1)).toMatchObject({ functionName: 'theirs' });
    expect((await call('/api/own')).status).toBe(200);
  });

  it("never takes one of Nightjar's own routes", async () => {
    await activate('greedy', { all: { route: '{*any}' } }, { routePrefix: '' });
    expect((await call('/healthz')).headers.get('content-type')).toMatch(/json/);
    expect((await call('/api/v1/nothing')).status).toBe(404);
    expect((await call('/api/v1/apps', { method: 'DELETE' })).status).toBe(404);
    expect((await call('/anything/else')).status).toBe(200);
    expect(management.queue.taken).toHaveLength(1);
  });

  it('is 413 for a body over the limit, announced or not', async () => {
    await activate('shop', { hello: {} });
    const tooLarge = new Uint8Array(1001);
    expect((await call('/api/hello', { method: 'POST', body: tooLarge })).status).toBe(413);
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(600)),
    });
    const status = await call('/api/hello', {
      method: 'POST',
      body: stream,
      duplex: 'half',
    }).then(
      (response) => response.status,
      () => 'broken off',
    );
    expect([413, 'broken off']).toContain(status);
    expect(management.queue.taken).toEqual([]);
    expect((await call('/api/hello', { method: 'POST', body: new Uint8Array(1000) })).status).toBe(200);
  });

  it('is 429 over maxOutstandingRequests, and takes calls again afterwards', async () => {
    await activate('shop', { hello: {} }, { maxOutstandingRequests: 1 });
    answer = () => null;
    const first = call('/api/hello');
    await waitFor(() => management.queue.taken.length === 1, { timeoutMs: 5_000 });
    expect((await call('/api/hello')).status).toBe(429);
    await first;
    answer = () => responds();
    expect((await call('/api/hello')).status).toBe(200);
  });

  it('is 503 with Retry-After when the queue is away', async () => {
    await activate('shop', { hello: {} });
    management.queue.unreachable = true;
    const response = await call('/api/hello');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('is 400 for a host that is none', async () => {
    await activate('shop', { hello: {} });
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${management.url}/api/hello`, { headers: { host: 'a"b' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(400);
  });

  it('passes the caller’s trace on, and begins one where there is none', async () => {
    await activate('shop', { hello: {} });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await call('/api/hello', { headers: { traceparent } });
    expect(management.queue.taken.at(-1)).toMatchObject({ traceParent: traceparent });
    await call('/api/hello', { headers: { traceparent: 'nonsense' } });
    expect((management.queue.taken.at(-1) as InvocationJob).traceParent).toMatch(
      /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/,
    );
  });

  it('is counted in the metrics', async () => {
    await activate('shop', { hello: {} });
    await call('/api/hello');
    expect(await (await call('/metrics')).text()).toMatch(
      /nightjar_http_call_duration_seconds_count\{.*"hello".*2xx/,
    );
  });
});

describe('a call that is not answered in time', () => {
  it('is 202 with the place to ask, when the wait is over', async () => {
    await activate('shop', { hello: {} });
    answer = () => null;
    const response = await call('/api/hello');
    expect(response.status).toBe(202);
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(/\/api\/v1\/invocations\/[\w-]{36}\/status$/);
    expect((await fetch(location)).status).toBe(202);
  });

  it('is 202 at once when the client prefers that, with a row in SQL first', async () => {
    await activate('shop', { hello: {} });
    const response = await call('/api/hello', { headers: { prefer: 'respond-async' } });
    expect(response.status).toBe(202);
    const { id, statusUrl } = (await response.json()) as { id: string; statusUrl: string };
    expect(management.queue.taken.length === 0 || management.queue.taken[0]?.id === id).toBe(true);
    await waitFor(async () => (await fetch(statusUrl)).status === 200, { timeoutMs: 5_000 });
  });
});

describe('Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'order-7' };

  it('makes one invocation of the same request twice, with one answer', async () => {
    await activate('shop', { hello: {} });
    let runs = 0;
    answer = () => responds({ body: `run ${++runs}` });
    const first = await (await call('/api/hello', { headers })).text();
    const second = await (await call('/api/hello', { headers })).text();
    expect([first, second]).toEqual(['run 1', 'run 1']);
  });

  it('makes one invocation of two at once', async () => {
    await activate('shop', { hello: {} });
    const answers = await Promise.all(
      [1, 2, 3].map(async () => (await call('/api/hello', { headers })).text()),
    );
    expect(answers).toEqual(['ok', 'ok', 'ok']);
    expect(management.queue.taken).toHaveLength(1);
  });

  it('is another one for another function', async () => {
    await activate('shop', { hello: {}, other: {} });
    await call('/api/hello', { headers });
    await call('/api/other', { headers });
    expect(management.queue.taken).toHaveLength(2);
  });

  it('must be a proper key', async () => {
    await activate('shop', { hello: {} });
    expect((await call('/api/hello', { headers: { 'idempotency-key': 'a b' } })).status).toBe(400);
  });
});

describe('function keys', () => {
  interface Made {
    readonly id: string;
    readonly key: string;
  }

  async function makeKey(body: object): Promise<Made> {
    const response = await call('/api/v1/apps/shop/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(201);
    return (await response.json()) as Made;
  }

  const status = async (path: string, key?: string): Promise<number> =>
    (await call(path, key === undefined ? {} : { headers: { 'x-functions-key': key } })).status;

  beforeEach(() =>
    activate('shop', {
      open: {},
      guarded: { authLevel: 'function' },
      other: { authLevel: 'function' },
      admin: { authLevel: 'admin' },
    }),
  );

  it('are asked for by the level of the function', async () => {
    const response = await call('/api/guarded');
    expect([response.status, await response.text()]).toEqual([401, '']);
    expect(await status('/api/open')).toBe(200);
    expect(await status('/api/guarded', 'wrong')).toBe(401);
    expect(management.queue.taken).toHaveLength(1);
  });

  it('open their function only; a host key every function of the app; the master key all', async () => {
    const ofFunction = await makeKey({ scope: 'function', functionName: 'Guarded' });
    const ofHost = await makeKey({ scope: 'host' });
    const { readFile } = await import('node:fs/promises');
    const master = (await readFile(`${management.dataFolder}/master-key`, 'utf8')).trim();
    const table = { guarded: [200, 200, 200], other: [401, 200, 200], admin: [401, 401, 200] };
    for (const [name, expected] of Object.entries(table)) {
      const found = [ofFunction.key, ofHost.key, master].map((key) => status(`/api/${name}`, key));
      expect([name, await Promise.all(found)]).toEqual([name, expected]);
    }
  });

  it('may stand in the query, but the header comes first', async () => {
    const { key } = await makeKey({ scope: 'host' });
    expect(await status(`/api/guarded?code=${key}`)).toBe(200);
    expect(JSON.stringify(lastRequest())).not.toContain(key);
    expect(await status(`/api/guarded?code=${key}`, 'wrong')).toBe(401);
  });

  it('do not open another app', async () => {
    const { key } = await makeKey({ scope: 'host' });
    await activate('bank', { vault: { authLevel: 'function' } });
    expect(await status('/api/vault', key)).toBe(401);
  });

  it('are listed without their values, and close when they are removed', async () => {
    const { id, key } = await makeKey({ scope: 'host', name: 'ci' });
    const listed = await (await call('/api/v1/apps/shop/keys')).text();
    expect(listed).toMatch(/"name":"ci"/);
    expect(listed).not.toContain(key);
    expect((await call(`/api/v1/apps/shop/keys/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await status('/api/guarded', key)).toBe(401);
    expect((await call(`/api/v1/apps/shop/keys/${id}`, { method: 'DELETE' })).status).toBe(404);
  });

  it('can not be made twice under one name, or for what is not there', async () => {
    await makeKey({ scope: 'host' });
    const post = async (app: string, body: object): Promise<number> =>
      (
        await call(`/api/v1/apps/${app}/keys`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).status;
    expect(await post('shop', { scope: 'host' })).toBe(409);
    expect(await post('shop', { scope: 'function', functionName: 'nothing' })).toBe(404);
    expect(await post('shop', { scope: 'function' })).toBe(400);
    expect(await post('shop', { scope: 'host', functionName: 'open' })).toBe(400);
    expect(await post('shop', { scope: 'master' })).toBe(400);
    expect(await post('nobody', { scope: 'host' })).toBe(404);
  });
});

describe('a client that goes before its answer', () => {
  const leaving = async (init: RequestInit = {}): Promise<void> => {
    const leave = new AbortController();
    const before = management.queue.taken.length;
    const calling = call('/api/hello', { ...init, signal: leave.signal }).catch(() => null);
    await waitFor(() => management.queue.taken.length > before, { timeoutMs: 60_000, what: 'the job' });
    leave.abort();
    await calling;
  };

  beforeEach(() => {
    answer = () => null;
    return activate('shop', { hello: {} });
  });

  it('takes its call with it, which leaves no promise behind', async () => {
    await leaving();
    const { id } = management.queue.taken[0] as InvocationJob;
    await waitFor(() => management.queue.hungUp.includes(id), { timeoutMs: 60_000, what: 'the hang-up' });
    expect(await management.stores.invocations.find(id)).toBeNull();
  });

  it('leaves what it was promised: another may ask for it', async () => {
    await leaving({ headers: { 'idempotency-key': 'k1' } });
    const { id } = management.queue.taken[0] as InvocationJob;
    expect(await management.stores.invocations.find(id)).toMatchObject({ state: 'queued' });
    expect(management.queue.hungUp).toEqual([]);
  });
});

describe('maxConcurrentRequests', () => {
  it('keeps calls of the app back until one has ended, also one that was told 202', async () => {
    answer = () => null;
    await activate('shop', { hello: {} }, { maxConcurrentRequests: 2 });
    const statuses = async (count: number): Promise<number[]> => {
      const answers = await Promise.all(Array.from({ length: count }, () => call('/api/hello')));
      return answers.map(({ status }) => status).sort();
    };
    expect(await statuses(5)).toEqual([202, 202, 503, 503, 503]);
    expect(management.queue.taken).toHaveLength(2);
    answer = () => responds();
    expect(await statuses(1)).toEqual([503]);
    const ended = management.queue.taken[0] as InvocationJob;
    await management.stores.invocations.recordOutcomes([
      {
        ...ended,
        state: 'succeeded',
        fence: 1,
        attempts: [],
        logs: [],
        logsTruncated: false,
        machineId: 'machine-of-the-test',
        coldStart: false,
        acceptedAt: new Date(ended.acceptedAt),
        startedAt: new Date(),
        endedAt: new Date(),
      },
    ]);
    await waitFor(async () => (await call('/api/hello')).status === 200, {
      timeoutMs: 60_000,
      what: 'a place',
    });
  });
});

describe('CORS', () => {
  const page = { origin: 'https://shop.example' };
  const asks = { ...page, 'access-control-request-method': 'POST' };
  const preflight = (headers: Record<string, string>): Promise<Response> =>
    call('/api/guarded', { method: 'OPTIONS', headers });
  const allowed = (response: Response): string | null => response.headers.get('access-control-allow-origin');

  it('is answered here for functions of an app that has it, keys or not', async () => {
    const functions = { guarded: { authLevel: 'function', methods: ['post'] } };
    await activate('shop', functions, { cors: { allowedOrigins: ['https://shop.example'] } });
    await waitFor(async () => (await preflight(asks)).status === 204, { timeoutMs: 60_000, what: 'CORS' });
    const answered = await preflight(asks);
    expect([answered.status, allowed(answered)]).toEqual([204, 'https://shop.example']);
    expect(allowed(await preflight({ ...asks, origin: 'https://evil.example' }))).toBeNull();
    expect((await preflight({ ...asks, 'access-control-request-method': 'PUT' })).status).toBe(404);
    const refused = await call('/api/guarded', { method: 'POST', headers: page });
    expect([refused.status, allowed(refused)]).toEqual([401, 'https://shop.example']);
    expect(management.queue.taken).toEqual([]);
  });

  it('goes by the settings of the app before its host.json', async () => {
    await activate('shop', { hello: {} }, { cors: { allowedOrigins: ['https://other.example'] } });
    const body = JSON.stringify({ WEBSITE_CORS_ALLOWED_ORIGINS: '["https://shop.example"]' });
    const headers = { 'content-type': 'application/json' };
    expect((await call('/api/v1/apps/shop/settings', { method: 'PATCH', headers, body })).ok).toBe(true);
    const isAllowed = async (): Promise<boolean> =>
      allowed(await call('/api/hello', { headers: page })) === 'https://shop.example';
    await waitFor(isAllowed, { timeoutMs: 60_000, what: 'the settings to be followed' });
  });

  it('is on what functions answer, and left to those that say it themselves', async () => {
    await activate('shop', { hello: {} }, { cors: { allowedOrigins: ['*'] } });
    const isAllowed = async (): Promise<boolean> =>
      allowed(await call('/api/hello', { headers: page })) === '*';
    await waitFor(isAllowed, { timeoutMs: 60_000, what: 'CORS' });
    answer = () => responds({ headers: { 'Access-Control-Allow-Origin': 'https://own.example' } });
    expect(allowed(await call('/api/hello', { headers: page }))).toBe('https://own.example');
  });

  it('is left to the functions of an app that has none', async () => {
    await activate('shop', { hello: { methods: ['options'] } });
    expect(await (await call('/api/hello', { method: 'OPTIONS', headers: asks })).text()).toBe('ok');
    expect(allowed(await call('/api/hello', { method: 'OPTIONS', headers: page }))).toBeNull();
  });
});
