import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseHostJson } from '#shared/contracts/host-json.js';
import type { InvocationJob } from '#shared/contracts/jobs.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../test/support/management-in-process.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { Catalogue } from '../catalogue/catalogue.js';

jest.setTimeout(30_000);

let management: ManagementInProcess;
let masterKey: string;

beforeEach(async () => {
  management = await startManagementInProcess({ index: () => null, run: () => ({ state: 'succeeded' }) });
  masterKey = (await readFile(`${management.dataFolder}/master-key`, 'utf8')).trim();
  const app = await management.stores.catalogue.findOrCreateApp('shop');
  const trigger = (name: string, more: object): FunctionDefinition =>
    ({
      name,
      programmingModel: 'v4',
      disabled: false,
      bindings: [{ name: 'in', direction: 'in', ...more }],
    }) as unknown as FunctionDefinition;
  await management.app.get(Catalogue).activate({
    id: newId(),
    appId: app.id,
    packageDigest: 'a'.repeat(64),
    packageSizeBytes: 1,
    host: parseHostJson('{"version":"2.0"}'),
    functions: [
      trigger('hello', { type: 'httpTrigger', authLevel: 'function', route: 'greet/{name?}' }),
      trigger('nightly', { type: 'timerTrigger', schedule: '0 0 3 * * *' }),
      trigger('orders', { type: 'queueTrigger', queueName: 'orders' }),
      trigger('blobs', { type: 'blobTrigger', path: 'in' }),
      { ...trigger('asleep', { type: 'queueTrigger' }), disabled: true },
    ],
    schedules: [],
  });
});
afterEach(() => management.stop());

function admin(path: string, init: RequestInit & { key?: string | null } = {}): Promise<Response> {
  const { key = masterKey, ...rest } = init;
  const headers = {
    ...(rest.headers as Record<string, string>),
    ...(key !== null && { 'x-functions-key': key }),
  };
  return fetch(`${management.url}/apps/shop/admin/${path}`, { ...rest, headers });
}

const send = (method: string, path: string, body?: unknown): Promise<Response> =>
  admin(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const bodyOf = async (response: Promise<Response>): Promise<unknown> => (await response).json();

describe('the door', () => {
  it.each([
    'functions',
    'functions/hello',
    'functions/hello/keys',
    'host/keys',
    'host/systemkeys',
    'host/status',
  ])('%s opens with the master key alone, and says nothing to anybody else', async (path) => {
    const hostKey = ((await bodyOf(send('POST', 'host/keys/ci'))) as { value: string }).value;
    expect((await admin(path)).status).toBe(200);
    expect((await admin(`${path}?code=${masterKey}`, { key: null })).status).toBe(200);
    for (const key of [null, 'wrong', hostKey]) {
      const response = await admin(path, { key });
      expect([response.status, await response.text()]).toEqual([401, '']);
    }
    expect((await admin(`${path}?code=${masterKey}`, { key: 'wrong' })).status).toBe(401);
  });

  it('does not open with what a browser sends by itself', async () => {
    const basic = `Basic ${Buffer.from(`x:${masterKey}`).toString('base64')}`;
    expect((await admin('functions', { key: null, headers: { authorization: basic } })).status).toBe(401);
  });

  it('lets everybody ping', async () => {
    const response = await admin('host/ping', { key: null });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect((await admin('host/ping', { key: null, method: 'POST' })).status).toBe(200);
    expect((await fetch(`${management.url}/apps/nobody/admin/host/ping`)).status).toBe(404);
  });

  it('keeps the paths of the runtime from functions', async () => {
    expect((await admin('nothing')).status).toBe(404);
    expect((await fetch(`${management.url}/apps/shop/runtime/webhooks/x`)).status).toBe(404);
  });
});

describe('functions', () => {
  it('are listed with where they are called', async () => {
    const list = (await bodyOf(admin('functions'))) as Record<string, unknown>[];
    expect(list.map(({ name }) => name)).toEqual(['hello', 'nightly', 'orders', 'blobs', 'asleep']);
    expect(list[0]).toMatchObject({
      href: `${management.url}/apps/shop/admin/functions/hello`,
      invoke_url_template: `${management.url}/apps/shop/api/greet/{name?}`,
      isDisabled: false,
      config: { bindings: [{ type: 'httpTrigger' }] },
    });
    expect(await bodyOf(admin('functions/HELLO'))).toEqual(list[0]);
    expect(await bodyOf(admin('functions/asleep/status'))).toEqual({ isDisabled: true });
    const missing = await admin('functions/nothing');
    expect([missing.status, await missing.text()]).toEqual([404, '']);
  });

  it.each([
    ['orders', 'an order', { kind: 'queue', message: 'an order' }],
    ['orders', { id: 1 }, { kind: 'queue', message: '{"id":1}' }],
    ['nightly', '', { kind: 'timer', timer: { isPastDue: false, scheduleStatus: null } }],
    ['hello', '{"a":1}', { kind: 'http', request: { method: 'POST', body: '{"a":1}' } }],
  ])('%s is run by hand with %j', async (name, input, expected) => {
    const response = await send('POST', `functions/${name}`, { input });
    expect([response.status, await response.text()]).toEqual([202, '']);
    await waitFor(() => management.queue.taken.length === 1, { timeoutMs: 60_000, what: 'the job' });
    const job = management.queue.taken[0] as InvocationJob;
    expect(job).toMatchObject({ functionName: name, trigger: 'manual', input: expected });
    const status = await fetch(response.headers.get('location') ?? '');
    expect(await status.json()).toMatchObject({ trigger: 'manual', function: name });
  });

  it('are not run without a body, when they are not there, and when they can not be', async () => {
    expect((await send('POST', 'functions/orders')).status).toBe(400);
    expect((await send('POST', 'functions/orders', 'text')).status).toBe(400);
    expect((await send('POST', 'functions/nothing', { input: '' })).status).toBe(404);
    const disabled = await send('POST', 'functions/asleep', { input: '' });
    expect([disabled.status, await disabled.text()]).toEqual([400, 'The function asleep is disabled.']);
    expect((await send('POST', 'functions/blobs', { input: '' })).status).toBe(400);
    expect(management.queue.taken).toEqual([]);
  });
});

describe('keys', () => {
  const calls = async (key: string): Promise<number> =>
    (await fetch(`${management.url}/apps/shop/api/greet`, { headers: { 'x-functions-key': key } })).status;

  it.each(['functions/hello/keys', 'host/keys', 'host/functionkeys'])(
    '%s: are made, told once, opened with, made anew, set and removed',
    async (path) => {
      const made = await send('POST', `${path}/ci`);
      expect(made.status).toBe(201);
      const { value: first } = (await made.json()) as { value: string };
      expect(await calls(first)).not.toBe(401);
      expect(await bodyOf(admin(path))).toEqual({ keys: [{ name: 'ci', value: null }] });
      expect(await bodyOf(admin(`${path}/ci`))).toEqual({ name: 'ci', value: null });
      const again = await send('POST', `${path}/ci`);
      const { value: second } = (await again.json()) as { value: string };
      expect([again.status, await calls(first), await calls(second)]).toEqual([200, 401, 204]);
      const own = 'K'.repeat(52);
      const put = await send('PUT', `${path}/ci`, { name: 'ci', value: own });
      expect([put.status, await put.json(), await calls(own), await calls(second)]).toEqual([
        200,
        { name: 'ci', value: own },
        204,
        401,
      ]);
      expect((await send('DELETE', `${path}/ci`)).status).toBe(204);
      expect((await send('DELETE', `${path}/ci`)).status).toBe(404);
      expect(await calls(own)).toBe(401);
    },
  );

  it('of the system open no function', async () => {
    const { value } = (await bodyOf(send('POST', 'host/systemkeys/events_extension'))) as { value: string };
    expect(await calls(value)).toBe(401);
    expect(await bodyOf(admin('host/systemkeys'))).toEqual({
      keys: [{ name: 'events_extension', value: null }],
    });
    expect(await bodyOf(admin('host/keys'))).toEqual({ keys: [] });
  });

  it('leave the master key alone', async () => {
    expect(await bodyOf(admin('host/systemkeys/_master'))).toEqual({ name: '_master', value: null });
    for (const method of ['POST', 'DELETE']) {
      expect((await send(method, 'host/keys/_master')).status).toBe(400);
    }
    expect((await send('PUT', 'host/keys/_master', { value: 'M'.repeat(52) })).status).toBe(400);
    expect((await admin('functions')).status).toBe(200);
  });

  it('are refused where they could be guessed, and where there is nothing to open', async () => {
    const short = await send('PUT', 'host/keys/ci', { value: 'short' });
    expect([short.status, await short.text()]).toEqual([
      400,
      expect.stringMatching(/^value must be 32 to 512/),
    ]);
    expect((await send('PUT', 'host/keys/ci', {})).status).toBe(400);
    expect((await send('POST', 'host/keys/_mine')).status).toBe(400);
    expect((await send('POST', 'functions/nothing/keys/ci')).status).toBe(404);
    expect((await admin('functions/hello/keys/none')).status).toBe(404);
  });
});

describe('the host', () => {
  it('says how it is', async () => {
    expect(await bodyOf(admin('host/status'))).toMatchObject({
      id: 'shop',
      state: 'Running',
      version: '4.0',
    });
    expect(await bodyOf(send('POST', 'host/synctriggers'))).toEqual({ status: 'success' });
  });

  it('gives the app new containers: its version has another revision of settings, and is as it was', async () => {
    const catalogue = management.app.get(Catalogue);
    const before = catalogue.find('shop');
    const response = await send('POST', 'host/restart');
    expect([response.status, await response.text()]).toEqual([200, '']);
    const after = catalogue.find('shop');
    expect(after?.settingsRevision).toBe((before?.settingsRevision ?? 0) + 1);
    expect(after?.functions).toEqual(before?.functions);
  });

  it('gets a container ready', async () => {
    expect((await send('POST', 'warmup')).status).toBe(200);
    await waitFor(() => management.queue.taken.some(({ kind }) => kind === 'warm'), { timeoutMs: 60_000 });
  });
});
