import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { IndexReply } from '#shared/contracts/replies.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../test/support/management-in-process.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { zipOf } from '../../../../test/support/zip-of.js';

const HELLO: FunctionDefinition = {
  name: 'hello',
  programmingModel: 'v4',
  bindings: [{ name: 'req', type: 'httpTrigger', direction: 'in', authLevel: 'anonymous' }],
  disabled: false,
};

jest.setTimeout(30_000);

let indexed: Omit<IndexReply, 'kind' | 'id'> | null;
let management: ManagementInProcess;
let zip: Buffer;

beforeEach(async () => {
  indexed = { problems: [], functions: [HELLO], host: null };
  zip = await zipOf({ 'host.json': '{"version":"2.0"}', 'index.js': '//' });
  management = await startManagementInProcess(
    {
      index: () => indexed,
      run: () => ({ state: 'succeeded', output: { http: { statusCode: 200, headers: {}, body: 'hello' } } }),
    },
    ['--index-timeout-seconds', '1', '--max-package-bytes', '100000'],
  );
});
afterEach(() => management.stop());

interface Published {
  readonly status: number;
  readonly body: { error?: { code: string; message: string; details: string[] } } | null;
  readonly headers: Headers;
}

async function publish(
  path: string,
  body: string | Uint8Array<ArrayBuffer> = new Uint8Array(zip),
  init: RequestInit = {},
): Promise<Published> {
  const response = await fetch(management.url + path, { method: 'POST', body, ...init });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? null : (JSON.parse(text) as Published['body']),
    headers: response.headers,
  };
}

async function get(path: string): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(management.url + path);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

const call = async (path = '/apps/shop/api/hello'): Promise<number> =>
  (await fetch(management.url + path)).status;

describe('zip deploy', () => {
  it('answers 200 with nothing when the version is active', async () => {
    expect(await publish('/apps/shop/api/zipdeploy')).toMatchObject({ status: 200, body: null });
    expect(await call()).toBe(200);
    expect((await get('/api/v1/functions')).body).toMatchObject({
      functions: [{ app: 'shop', name: 'hello', trigger: 'httpTrigger', route: '/apps/shop/api/hello' }],
    });
  });

  it('takes the zip whatever its headers claim, and by PUT', async () => {
    for (const contentType of [
      'application/json',
      'application/x-www-form-urlencoded',
      'zip',
      'text/plain',
    ]) {
      const headers = { 'content-type': contentType, 'content-encoding': 'utf-8' };
      expect(
        (await publish('/apps/shop/api/zipdeploy', new Uint8Array(zip), { headers, method: 'PUT' })).status,
      ).toBe(200);
    }
  });

  it('publishes to the default app, or to the one of the query', async () => {
    await publish('/api/zipdeploy');
    await publish('/api/zipdeploy?app=Other');
    expect((await get('/api/v1/apps')).body).toMatchObject({
      apps: [{ name: 'default' }, { name: 'other' }],
    });
  });

  it('answers 202 with isAsync, and says where to ask', async () => {
    const published = await publish('/apps/shop/api/zipdeploy?isAsync&deployer=VS&author=me&message=first');
    expect(published.status).toBe(202);
    const location = new URL(published.headers.get('location') ?? '');
    expect(location.pathname).toBe('/apps/shop/api/deployments/latest');
    const done = await waitFor(
      async () => {
        const answer = await get(location.pathname + location.search);
        return answer.status === 200 && answer;
      },
      { timeoutMs: 10_000 },
    );
    expect(done.body).toMatchObject({
      id: published.headers.get('scm-deployment-id'),
      status: 4,
      complete: true,
      active: true,
      deployer: 'VS',
      author: 'me',
      message: 'first',
      site_name: 'shop',
    });
  });

  it('answers 202 with Location while a deployment goes on, and 409 to another', async () => {
    indexed = null;
    await publish('/apps/shop/api/zipdeploy?isAsync=true');
    const latest = await get('/apps/shop/api/deployments/latest');
    expect(latest).toMatchObject({ status: 202, body: { complete: false } });
    expect(latest.headers.get('location')).toMatch(/\/apps\/shop\/api\/deployments\/[\w-]{36}$/);
    expect(await publish('/apps/shop/api/zipdeploy')).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    });
    indexed = { problems: [], functions: [HELLO], host: null };
    expect((await publish('/apps/another/api/zipdeploy')).status).toBe(200);
  });

  it('leaves the running version alone when the next one is broken, and records why', async () => {
    await publish('/apps/shop/api/zipdeploy');
    indexed = { problems: ['index.js: SyntaxError: Unexpected token'], functions: [], host: null };
    expect(await publish('/apps/shop/api/zipdeploy')).toMatchObject({
      status: 400,
      body: {
        error: {
          message: 'The app could not be loaded.',
          details: ['index.js: SyntaxError: Unexpected token'],
        },
      },
    });
    expect(await call()).toBe(200);
    expect((await get('/apps/shop/api/deployments/latest')).body).toMatchObject({ status: 3, active: false });
    const log = (await get('/apps/shop/api/deployments/latest/log')).body as {
      message: string;
      type: number;
    }[];
    expect(log.at(-1)).toMatchObject({ message: 'index.js: SyntaxError: Unexpected token', type: 2 });
    expect((await get('/apps/shop/api/deployments')).body).toMatchObject([
      { active: false },
      { active: true },
    ]);
  });

  it('refuses functions that do not go together', async () => {
    indexed = { problems: [], functions: [], host: null };
    const published = await publish('/apps/shop/api/zipdeploy');
    expect(published.status).toBe(400);
    expect(published.body?.error?.details[0]).toMatch(/no functions/);
  });

  it('refuses what is no zip, before any worker sees it', async () => {
    expect(await publish('/apps/shop/api/zipdeploy', 'not a zip')).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_input', message: expect.stringMatching(/not a zip/) } },
    });
    expect(management.queue.taken).toEqual([]);
  });

  it('refuses a package over the limit', async () => {
    expect(await publish('/apps/shop/api/zipdeploy', new Uint8Array(200_000))).toMatchObject({
      status: 413,
      body: { error: { code: 'too_large', message: expect.stringMatching(/maxPackageBytes/) } },
    });
    expect((await get('/apps/shop/api/deployments/latest')).body).toMatchObject({ status: 3 });
  });

  it('says 503 when no worker answers', async () => {
    indexed = null;
    const published = await publish('/apps/shop/api/zipdeploy');
    expect(published).toMatchObject({
      status: 503,
      body: { error: { message: expect.stringMatching(/indexTimeoutSeconds/) } },
    });
    expect(published.headers.get('retry-after')).toBe('5');
  });

  it('refuses a bad name, and knows no deployments of an app that is not there', async () => {
    expect((await publish('/apps/a_b/api/zipdeploy')).status).toBe(400);
    expect((await get('/apps/nobody/api/deployments/latest')).status).toBe(404);
    await publish('/apps/shop/api/zipdeploy');
    expect((await get('/apps/shop/api/deployments/nonsense')).status).toBe(404);
  });

  it('ends what a management that died left under way', async () => {
    const app = await management.stores.catalogue.findOrCreateApp('shop');
    const meta = { appId: app.id, deployer: '', author: '', message: '' };
    expect(
      await management.stores.deployments.begin({ id: '01930000-0000-7000-8000-000000000000', ...meta }),
    ).toBe(true);
    expect((await publish('/apps/shop/api/zipdeploy')).status).toBe(409);
    const next = await startManagementInProcess(
      { index: () => indexed, run: () => null },
      [],
      management.dataFolder,
    );
    await next.stop();
    expect((await publish('/apps/shop/api/zipdeploy')).status).toBe(200);
  });
});
