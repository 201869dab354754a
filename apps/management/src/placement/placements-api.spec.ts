import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newMachine } from '../../../../test/contract/store/samples.js';
import { InMemoryWorkQueue } from '../../../../test/support/doubles/in-memory-work-queue.js';
import { startManagementInProcess } from '../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../test/support/temp-stores.js';
import { waitFor } from '../../../../test/support/wait-for.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe('the API of placements', () => {
  let management: ManagementInProcess;
  let version: AppVersion;

  beforeAll(async () => {
    management = await startManagementInProcess({
      index: () => null,
      run: () => ({ state: 'succeeded', output: { http: { statusCode: 200, headers: {}, body: 'ran' } } }),
    });
    version = await activateApp(management.stores, 'shop', [
      functionWith('Hello', { type: 'httpTrigger', authLevel: 'anonymous' }),
    ]);
    await management.stores.machines.heartbeat(newMachine({ name: 'small', cores: 4 }), 3600);
    await management.stores.machines.heartbeat(newMachine({ name: 'large', cores: 32 }), 3600);
    await management.stores.machines.heartbeat(newMachine({ name: 'elsewhere', pool: 'lab' }), 3600);
  });

  afterAll(() => management.stop());

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await fetch(`${management.url}/${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: (/^[{[]/.test(text) ? JSON.parse(text) : { text }) as Answer['body'],
    };
  };
  const by = (name: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${name}:any`).toString('base64')}`,
  });
  const PATH = 'api/v1/apps/Shop/functions/hello/placement';

  it('keeps a placement, and who wrote which version of it', async () => {
    expect((await call('GET', PATH)).status).toBe(404);
    expect((await call('GET', `${PATH}/history`)).status).toBe(404);
    const made = await call('PUT', PATH, { requirements: 'cores >= 8', rank: 'cores' }, by('ada'));
    expect(made).toEqual({
      status: 200,
      body: {
        app: 'shop',
        function: 'Hello',
        inActiveVersion: true,
        requirements: 'cores >= 8',
        rank: 'cores',
        version: 1,
        changedBy: 'ada',
        changedAt: expect.any(String),
      },
    });
    expect((await call('GET', PATH)).body).toEqual(made.body);
    expect((await call('GET', 'api/v1/placements')).body['placements']).toContainEqual(made.body);
    expect((await call('PUT', PATH, { rank: 'cores' }, by('ben'))).body).toMatchObject({
      version: 2,
      requirements: null,
    });
    expect((await call('DELETE', PATH, undefined, by('cleo'))).status).toBe(204);
    expect((await call('DELETE', PATH)).status).toBe(404);
    expect((await call('GET', `${PATH}/history`)).body).toMatchObject({
      versions: [
        { version: 3, placement: null, changedBy: 'cleo' },
        { version: 2, placement: { requirements: null, rank: 'cores' }, changedBy: 'ben' },
        { version: 1, placement: { requirements: 'cores >= 8', rank: 'cores' }, changedBy: 'ada' },
      ],
    });
  });

  it('takes one for a function that is not there yet, and says so', async () => {
    const path = `api/v1/apps/app-${newId().slice(-8)}/functions/later/placement`;
    expect(await call('PUT', path, { rank: 'cores' })).toMatchObject({
      status: 200,
      body: { function: 'later', inActiveVersion: false },
    });
  });

  it.each([
    [
      'an unknown attribute',
      { requirements: 'speed > 3' },
      /requirements: there is no attribute speed.*The attributes are os, /,
    ],
    ['a wrong type', { rank: 'os' }, /rank: must be a number/],
    [
      'a text that is too long',
      { requirements: `os == "${'x'.repeat(2000)}"` },
      /requirements: must have at most 1000 characters/,
    ],
    ['nothing', {}, /must have requirements, rank or both/],
    ['a field that there is not', { rank: '1', ranking: '2' }, /ranking/],
    ['no text', { rank: 3 }, /rank: must be an expression/],
  ])('refuses %s', async (_what, body, problem) => {
    const answer = await call('PUT', PATH, body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toMatch(problem);
  });

  it('refuses a name that no function can have, and knows no placement of an app that is not there', async () => {
    expect((await call('PUT', 'api/v1/apps/shop/functions/1x/placement', { rank: '1' })).status).toBe(400);
    expect((await call('GET', 'api/v1/apps/nowhere/functions/x/placement')).status).toBe(404);
    expect((await call('GET', 'api/v1/apps/nowhere/functions/x/placement/preview')).status).toBe(404);
  });

  it('previews what holds, or what is to be tried, on the machines of a pool', async () => {
    await call('PUT', PATH, { requirements: 'cores >= 8', rank: 'cores' });
    expect((await call('GET', `${PATH}/preview`)).body).toMatchObject({
      pool: 'default',
      requirements: 'cores >= 8',
      waitReason: null,
      machines: [
        { machine: 'large', state: 'ready', met: 'yes', because: null, rank: 32 },
        { machine: 'small', met: 'no', because: 'cores >= 8 is false: cores is 4', rank: 4 },
      ],
    });
    const tried = await call('GET', `${PATH}/preview?requirements=${encodeURIComponent('cores >= 64')}`);
    expect(tried.body).toMatchObject({ rank: 'cores', waitReason: { code: 'NO_MATCHING_MACHINE' } });
    expect((await call('GET', `${PATH}/preview?pool=lab`)).body['machines']).toHaveLength(1);
    expect((await call('GET', `${PATH}/preview?rank=os`)).status).toBe(400);
    await call('DELETE', PATH);
  });

  it('sends calls on with what their function asks, and answers 503 where no machine may run them', async () => {
    await call('PUT', PATH, { requirements: 'cores >= 8' });
    expect(await call('GET', 'api/Hello')).toEqual({ status: 200, body: { text: 'ran' } });
    expect(management.queue.taken.at(-1)).toMatchObject({ requirements: 'cores >= 8' });
    const before = management.queue.taken.length;
    await call('PUT', PATH, { requirements: 'cores >= 64' });
    const refused = await call('GET', 'api/Hello');
    expect(refused.status).toBe(503);
    expect(JSON.stringify(refused.body)).toContain(
      'meets what the function \\"Hello\\" requires (cores >= 64)',
    );
    expect(management.queue.taken).toHaveLength(before);
    await call('DELETE', PATH);
    expect((await call('GET', 'api/Hello')).status).toBe(200);
  });

  it('gives work that waits already what its function asks now', async () => {
    const lane = { pool: 'default', os: 'linux', urgency: 'interactive' } as const;
    const job = {
      version: 1,
      kind: 'invocation',
      id: newId(),
      appId: version.appId,
      appVersionId: version.id,
      functionName: 'Hello',
      trigger: 'manual',
      input: { kind: 'queue', message: 'm' },
      acceptedAt: 1,
      dispatchCount: 1,
    } as const;
    // As it lies there while no worker has room.
    await InMemoryWorkQueue.prototype.enqueue.call(management.queue, lane, [job]);
    const waits = (requirements: string | undefined) =>
      waitFor(() => management.queue.waiting(lane)[0]?.requirements === requirements, { timeoutMs: 60_000 });
    await call('PUT', PATH, { requirements: 'cores >= 8' });
    await waits('cores >= 8');
    await call('DELETE', PATH);
    await waits(undefined);
    await management.queue.remove(lane, [job.id]);
  });

  it('accepts what it promises, and says why that waits', async () => {
    await call('PUT', PATH, { requirements: 'cores >= 64' });
    const id = newId();
    await management.stores.invocations.accept([
      {
        id,
        appId: version.appId,
        appVersionId: version.id,
        functionName: 'Hello',
        trigger: 'manual',
        input: { kind: 'queue', message: 'm' },
      },
    ]);
    const waitReason = {
      code: 'NO_MATCHING_MACHINE',
      message: expect.stringContaining('small: cores >= 64 is false'),
    };
    expect((await call('GET', `api/v1/invocations/${id}`)).body).toMatchObject({
      state: 'queued',
      waitReason,
    });
    expect((await call('GET', 'api/v1/invocations?state=queued')).body).toMatchObject({
      invocations: [{ id, waitReason }],
    });
    await call('DELETE', PATH);
    expect((await call('GET', `api/v1/invocations/${id}`)).body).toMatchObject({ waitReason: null });
  });
});
