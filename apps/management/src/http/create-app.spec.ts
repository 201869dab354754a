import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  startManagementInProcess,
  WORKER_KEY,
  type ManagementInProcess,
} from '../../../../test/support/management-in-process.js';
import { BlobStore } from '#shared/store/blob-store.js';

jest.setTimeout(30_000);

const ADMIN_KEY = 'an-admin-key-of-tests-0123';
const SCRIPT = { index: () => null, run: () => null };

let management: ManagementInProcess;
afterEach(() => management.stop());

async function start(...flags: string[]): Promise<void> {
  management = await startManagementInProcess(SCRIPT, flags);
}

const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(management.url + path, init);

/** With headers that `fetch` keeps to itself. */
function rawStatus(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(management.url + path, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('management', () => {
  it('says that it is alive and ready, and what it is not', async () => {
    await start();
    expect(await (await call('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await call('/readyz')).status).toBe(200);
    management.queue.unreachable = true;
    const response = await call('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: { queue: { status: 'down' } },
      info: { database: { status: 'up' } },
    });
    expect((await call('/healthz')).status).toBe(200);
  });

  it('describes its API, as a page and as a document', async () => {
    await start();
    expect(await (await call('/api-docs')).text()).toMatch(/swagger-ui-bundle\.js/);
    expect((await (await call('/api-docs/swagger-ui-bundle.js')).arrayBuffer()).byteLength).toBeGreaterThan(
      100_000,
    );
    expect((await call('/api-docs/package.json')).status).toBe(404);
    const document = (await (await call('/api-docs/openapi.json')).json()) as {
      paths: Record<string, unknown>;
    };
    for (const path of [
      '/api/zipdeploy',
      '/apps/{app}/api/zipdeploy',
      '/api/v1/batches',
      '/api/v1/invocations/{id}',
      '/internal/file-urls',
    ]) {
      expect(Object.keys(document.paths)).toContain(path);
    }
  });

  it('answers what is wrong with a request in one form', async () => {
    await start();
    const post = (body: string, type = 'application/json'): Promise<Response> =>
      call('/api/v1/apps/shop/keys', { method: 'POST', body, headers: { 'content-type': type } });
    const invalid = await post('{"scope":"everything"}');
    expect([invalid.status, await invalid.json()]).toEqual([
      400,
      { error: { code: 'invalid_input', message: expect.stringMatching(/^scope: /), details: [] } },
    ]);
    expect((await post('{"scope":')).status).toBe(400);
    expect((await post('{"__proto__":{}}')).status).toBe(400);
    expect((await post('scope=host', 'text/plain')).status).toBe(415);
    expect((await post(`{"name":"${'x'.repeat(2 ** 20)}"}`)).status).toBe(413);
  });

  it('lets the master key lie where only its owner reads it', async () => {
    await start();
    expect((await stat(`${management.dataFolder}/master-key`)).mode & 0o777).toBe(0o600);
  });

  it('serves only requests that are meant for this machine when there is no admin key', async () => {
    await start();
    expect(await rawStatus('/api/v1/apps', { host: 'rebound.example' })).toBe(403);
    expect(await rawStatus('/api-docs', { host: 'rebound.example' })).toBe(403);
    expect(await rawStatus('/healthz', { host: 'rebound.example' })).toBe(200);
  });

  it('lets no page of another site change anything', async () => {
    await start();
    expect(await rawStatus('/apps/shop/api/zipdeploy', { origin: 'http://evil.example' }, 'POST')).toBe(403);
    expect(await rawStatus('/api/v1/apps/shop/keys', { 'sec-fetch-site': 'cross-site' }, 'POST')).toBe(403);
  });

  it('asks for the admin key or the master key when there is one', async () => {
    await start('--admin-key', ADMIN_KEY);
    const basic = `Basic ${Buffer.from(`$shop:${ADMIN_KEY}`).toString('base64')}`;
    for (const path of [
      '/api/v1/apps',
      '/api-docs',
      '/api-docs/openapi.json',
      '/api/v1/invocations',
      '/api/v1/machines',
    ]) {
      const refused = await call(path);
      expect([path, refused.status]).toEqual([path, 401]);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Basic/);
      expect((await call(path, { headers: { 'x-functions-key': ADMIN_KEY } })).status).toBe(200);
      expect((await call(path, { headers: { authorization: basic } })).status).toBe(200);
    }
    expect((await call('/apps/shop/api/zipdeploy', { method: 'POST', body: 'x' })).status).toBe(401);
    expect(
      (
        await call('/apps/shop/api/zipdeploy', {
          method: 'POST',
          body: 'x',
          headers: { authorization: basic },
        })
      ).status,
    ).toBe(400);
    expect((await call('/healthz')).status).toBe(200);
    expect((await call('/metrics')).status).toBe(200);
    expect((await call('/api/v1/apps', { headers: { 'x-functions-key': WORKER_KEY } })).status).toBe(401);
  });
});

describe('files for workers', () => {
  const content = Buffer.from('0123456789');
  const digest = createHash('sha256').update(content).digest('hex');

  async function urlOf(wanted: string, key = WORKER_KEY): Promise<{ status: number; url: string }> {
    const response = await call('/internal/file-urls', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ digest: wanted }),
    });
    const { url = '' } = (await response.json()) as { url?: string };
    return { status: response.status, url };
  }

  async function store(): Promise<void> {
    const limit = { bytes: 100, what: 'test', setting: 'none' };
    await management.app.get(BlobStore).put(Readable.from([content]), limit);
  }

  it('are read by a signed URL, whole or in part', async () => {
    await start('--admin-key', ADMIN_KEY);
    await store();
    const { url } = await urlOf(digest);
    expect(await (await fetch(url)).text()).toBe('0123456789');
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ]);
    expect((await fetch(url, { headers: { range: 'bytes=10-' } })).status).toBe(416);
  });

  it('are refused without the key, or by a URL that was changed or has expired', async () => {
    await start();
    await store();
    expect((await urlOf(digest, 'wrong')).status).toBe(401);
    expect((await urlOf('0'.repeat(64))).status).toBe(404);
    expect((await urlOf('../etc/passwd')).status).toBe(400);
    const { url } = await urlOf(digest);
    const later = url.replace(/expires=\d+/, `expires=${Date.now() + 10 ** 9}`);
    for (const changed of [
      later,
      url.replace(digest, '0'.repeat(64)),
      `${url}x`,
      url.replace(/&signature=.*/, ''),
    ]) {
      expect([400, 403]).toContain((await fetch(changed)).status);
    }
  });

  it('are the same for every instance of the installation', async () => {
    await start();
    await store();
    const { url } = await urlOf(digest);
    const other = await startManagementInProcess(SCRIPT, [], management.dataFolder);
    expect(await (await fetch(url.replace(management.url, other.url))).text()).toBe('0123456789');
    await other.stop();
  });
});
