import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { InvocationOutcome, TriggerKind } from '#shared/domain/invocation.js';
import { startManagementInProcess } from '../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../test/support/temp-stores.js';

const REQUEST = {
  method: 'POST',
  url: 'http://host/api/hello',
  headers: {},
  query: {},
  params: {},
  body: 'in',
};
const LOGGED_AT = new Date('2026-11-24T03:00:00.000Z');

describe('the API of invocations', () => {
  let management: ManagementInProcess;
  let version: AppVersion;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
    version = await activateApp(management.stores, 'shop', [functionWith('hello', { type: 'httpTrigger' })]);
  });

  afterAll(() => management.stop());

  const ask = (path: string) => fetch(`${management.url}/api/v1/invocations${path}`);

  async function promise(trigger: TriggerKind = 'http'): Promise<string> {
    const id = newId();
    await management.stores.invocations.accept([
      {
        id,
        appId: version.appId,
        appVersionId: version.id,
        functionName: 'hello',
        trigger,
        input: trigger === 'http' ? { kind: 'http', request: REQUEST } : { kind: 'queue', message: 'm' },
      },
    ]);
    return id;
  }

  async function ended(change: Partial<InvocationOutcome> = {}): Promise<string> {
    const outcome: InvocationOutcome = {
      id: newId(),
      fence: 1,
      appId: version.appId,
      appVersionId: version.id,
      functionName: 'hello',
      trigger: 'http',
      state: 'succeeded',
      input: { kind: 'http', request: REQUEST },
      output: {
        http: { statusCode: 201, headers: { 'x-made-by': 'hello' }, body: 'aGk=', bodyEncoding: 'base64' },
      },
      attempts: [{ number: 1, startedAt: LOGGED_AT, durationMs: 3 }],
      logs: [{ loggedAt: LOGGED_AT, level: 'information', category: 'user', message: 'said' }],
      logsTruncated: false,
      machineId: newId(),
      coldStart: true,
      acceptedAt: LOGGED_AT,
      startedAt: LOGGED_AT,
      endedAt: LOGGED_AT,
      ...change,
    };
    await management.stores.invocations.recordOutcomes([outcome]);
    return outcome.id;
  }

  it('shows an invocation with input, output, attempts, times and machine', async () => {
    const id = await ended();
    expect(await (await ask(`/${id}`)).json()).toMatchObject({
      id,
      app: 'shop',
      function: 'hello',
      state: 'succeeded',
      input: { kind: 'http', request: { body: 'in' } },
      output: { http: { statusCode: 201 } },
      attempts: [{ number: 1, durationMs: 3 }],
      coldStart: true,
      machineId: expect.any(String),
      queuedAt: LOGGED_AT.toISOString(),
      endedAt: LOGGED_AT.toISOString(),
    });
  });

  it('shows what it logged', async () => {
    const id = await ended();
    expect(await (await ask(`/${id}/logs`)).json()).toEqual({
      id,
      truncated: false,
      lines: [{ loggedAt: LOGGED_AT.toISOString(), level: 'information', category: 'user', message: 'said' }],
    });
  });

  it('lists by app, function and state, page by page', async () => {
    const failure = { source: 'function', type: 'Error', message: 'broke' } as const;
    const ids = [await ended({ state: 'failed', failure }), await ended({ state: 'failed', failure })];
    const query = '?app=shop&function=hello&state=failed&limit=1';
    const first = (await (await ask(query)).json()) as { invocations: { id: string }[]; next: string };
    expect(first.invocations).toMatchObject([{ id: ids[1], failure: { message: 'broke' } }]);
    const second = (await (await ask(`${query}&after=${first.next}`)).json()) as { invocations: unknown[] };
    expect(second.invocations).toMatchObject([{ id: ids[0] }]);
    expect(await (await ask('?app=nope')).json()).toEqual({ invocations: [] });
  });

  it.each([
    ['?state=done', /^state: must be one of queued, succeeded/],
    ['?limit=5000', /^limit: .*1 to 1000/],
    ['/x', /^id: must be the id/],
  ])('says which field of %s is wrong', async (path, message) => {
    const answer = await ask(path);
    const body = (await answer.json()) as { error: { message: string } };
    expect({ status: answer.status, message: body.error.message }).toEqual({
      status: 400,
      message: expect.stringMatching(message),
    });
  });

  it('says that there is no such invocation', async () => {
    for (const path of ['', '/logs', '/status', '/response']) {
      expect((await ask(`/${newId()}${path}`)).status).toBe(404);
    }
  });

  describe('of a call that was answered with 202', () => {
    it('is 202 with where and when to ask again while it goes on', async () => {
      const id = await promise();
      for (const path of ['status', 'response']) {
        const answer = await ask(`/${id}/${path}`);
        expect(answer.status).toBe(202);
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(answer.headers.get('location')).toBe(`/api/v1/invocations/${id}/status`);
        expect(await answer.json()).toMatchObject({ id, state: 'queued', endedAt: null });
      }
    });

    it('is 200 with its end and where the response is', async () => {
      const id = await ended({ state: 'timedOut', output: undefined });
      const answer = await ask(`/${id}/status`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        state: 'timedOut',
        responseUrl: `/api/v1/invocations/${id}/response`,
      });
    });

    it('gives the response of the function as it was', async () => {
      const answer = await ask(`/${await ended()}/response`);
      expect(answer.status).toBe(201);
      expect(answer.headers.get('x-made-by')).toBe('hello');
      expect(await answer.text()).toBe('hi');
    });

    it('is an empty 500 when the function failed', async () => {
      const answer = await ask(`/${await ended({ state: 'failed', output: undefined })}/response`);
      expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 500, body: '' });
    });

    it('says that the response was too large to be kept', async () => {
      const body = 'x'.repeat(100_000);
      const id = await ended({ output: { http: { statusCode: 200, headers: {}, body } } });
      const answer = await ask(`/${id}/response`);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('larger than what is kept');
    });

    it('tells nothing of invocations that are no HTTP calls', async () => {
      const id = await promise('queue');
      expect((await ask(`/${id}/status`)).status).toBe(404);
      expect((await ask(`/${id}`)).status).toBe(200);
    });
  });
});

describe('the status of a call', () => {
  it('needs no key, and the record of an invocation does', async () => {
    const management = await startManagementInProcess({ index: () => null, run: () => null }, [
      '--admin-key',
      'admin-key-of-tests-0123456789',
    ]);
    try {
      const url = `${management.url}/api/v1/invocations/${newId()}`;
      expect((await fetch(`${url}/status`)).status).toBe(404);
      expect((await fetch(url)).status).toBe(401);
    } finally {
      await management.stop();
    }
  });
});
