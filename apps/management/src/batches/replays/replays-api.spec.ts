import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ItemOutcome } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import { startManagementInProcess } from '../../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../../test/support/temp-stores.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import type { ItemListView, RunView, StartedRunView } from '../run-views.js';
import type { DeadLettersView, EventListView, GroupListView } from './failure-views.js';

/** Line 2 is blank: items are 1, 3, 4, 5. */
const LINES = '{"n":1}\n\n{"n":3}\n{"n":4}\n{"n":5}\n';

interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

const base = { attempts: 1, startedAt: new Date(), durationMs: 2 };

function good(lineNumber: number): ItemOutcome {
  return { ...base, lineNumber, state: 'succeeded' };
}

function bad(lineNumber: number, message = `Order ${lineNumber} is unknown`): ItemOutcome {
  return { ...base, lineNumber, state: 'failed', failure: { source: 'function', type: 'Error', message } };
}

describe('the API of replays', () => {
  let management: ManagementInProcess;
  const functions = [functionWith('invoice', { type: 'queueTrigger' })];

  beforeAll(async () => {
    // The worker of this test takes chunks and does nothing: what becomes of them is written by the test itself.
    management = await startManagementInProcess({ index: () => null, run: () => null });
    await activateApp(management.stores, 'billing', functions);
  });

  afterAll(() => management.stop());

  async function ask<Body>(
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const sent = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    };
    const response = await fetch(`${management.url}/api/v1/batches${path}`, body === undefined ? {} : sent);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  }

  async function start(): Promise<string> {
    const response = await fetch(`${management.url}/api/v1/batches?app=billing&function=invoice`, {
      method: 'POST',
      body: LINES,
    });
    return ((await response.json()) as StartedRunView).runId;
  }

  const chunkOf = (runId: string) =>
    waitFor(
      async () => {
        const open = await management.stores.batches.listStaleChunks(0, 1000);
        return open.find((chunk) => chunk.runId === runId);
      },
      { timeoutMs: 60_000, intervalMs: 10, what: 'a chunk' },
    );

  const ended = (runId: string) =>
    waitFor(
      async () => {
        const { body } = await ask<RunView>(`/runs/${runId}`);
        return body.endedAt === null ? undefined : body;
      },
      { timeoutMs: 60_000, intervalMs: 10, what: 'the end of the run' },
    );

  /** As a worker would. */
  async function finish(runId: string, items: readonly ItemOutcome[]): Promise<RunView> {
    const chunk = await chunkOf(runId);
    const machineId = newId();
    await management.stores.batches.claimChunk(chunk.id, 1001, machineId);
    const progress = { chunkId: chunk.id, runId, fence: 1001, machineId, done: true, items };
    await management.stores.batches.recordProgress([progress]);
    return ended(runId);
  }

  async function failedRun(): Promise<string> {
    const runId = await start();
    await finish(runId, [good(1), bad(3), bad(4), bad(5, 'It is closed')]);
    return runId;
  }

  const replay = (runId: string, body: unknown, headers?: Record<string, string>) =>
    ask<StartedRunView & ErrorBody>(`/runs/${runId}/replay`, body, headers);

  it('shows failures in groups, and the items of one', async () => {
    const runId = await failedRun();
    const { body } = await ask<GroupListView>(`/runs/${runId}/failure-groups`);
    expect(body.groups).toMatchObject([
      {
        type: 'Error',
        message: 'Order 3 is unknown',
        items: 2,
        sampleLines: [3, 4],
        sampleRunId: runId,
        runs: 1,
      },
      { type: 'Error', message: 'It is closed', items: 1, sampleLines: [5] },
    ]);
    const group = body.groups[0]?.group ?? '';
    const items = await ask<ItemListView>(`/runs/${runId}/items?group=${group}`);
    expect(items.body.items.map((item) => [item.lineNumber, item.group, item.replayedBy])).toEqual([
      [3, group, null],
      [4, group, null],
    ]);
    const first = await ask<GroupListView>(`/runs/${runId}/failure-groups?limit=1`);
    const second = await ask<GroupListView>(`/runs/${runId}/failure-groups?limit=1&after=${first.body.next}`);
    expect([...first.body.groups, ...second.body.groups]).toEqual(body.groups);
    expect(second.body.next).toBeUndefined();
    const { batchId } = (await ask<RunView>(`/runs/${runId}`)).body;
    const ofBatch = await ask<GroupListView>(`/failure-groups?batchId=${batchId}&runs=1`);
    expect(ofBatch.body.groups).toEqual(body.groups);
  });

  it('replays a group at the same lines, with the version that is active now, and heals it', async () => {
    const runId = await failedRun();
    const before = (await ask<RunView>(`/runs/${runId}`)).body;
    const [unknown] = (await ask<GroupListView>(`/runs/${runId}/failure-groups`)).body.groups;
    await activateApp(management.stores, 'billing', functions);
    const { status, headers, body } = await replay(runId, { group: unknown?.group });
    expect([status, body.itemsTotal]).toEqual([201, 2]);
    expect(headers.get('location')).toBe(`/api/v1/batches/runs/${body.runId}`);
    expect(await chunkOf(body.runId)).toMatchObject({ firstLine: 1, lineCount: 4, itemCount: 2 });
    const letters = (): Promise<Answer<DeadLettersView>> => ask(`/runs/${runId}/dead-letters`);
    expect((await letters()).body).toMatchObject({ deadLetters: 3, replaying: 2, healed: 0 });
    const child = await finish(body.runId, [good(3), bad(4)]);
    expect(child).toMatchObject({
      cause: 'replay',
      parentRunId: runId,
      batchId: before.batchId,
      itemsSucceeded: 1,
    });
    expect(child.appVersionId).not.toBe(before.appVersionId);
    expect((await letters()).body).toMatchObject({
      deadLetters: 3,
      replaying: 0,
      healed: 1,
      runs: [{ runId: body.runId, cause: 'replay', state: 'completedWithFailures', itemsTotal: 2 }],
    });
    expect((await ask<RunView>(`/runs/${runId}`)).body.itemsHealed).toBe(1);
    const items = (await ask<ItemListView>(`/runs/${runId}/items?state=failed`)).body.items;
    expect(items.map(({ replayedBy }) => replayedBy)).toEqual([body.runId, body.runId, null]);
  });

  it('replays nothing twice, unless it is asked for', async () => {
    const runId = await failedRun();
    const first = await replay(runId, { lines: [3] });
    expect((await replay(runId, { lines: [3] })).status).toBe(409);
    expect((await replay(runId, { lines: [3], again: true })).status).toBe(409);
    expect((await replay(runId, { all: true })).body.itemsTotal).toBe(2);
    await finish(first.body.runId, [good(3)]);
    const refused = await replay(runId, { lines: [3] });
    expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining('lines: 3 ')]);
    expect((await replay(runId, { lines: [3], again: true })).status).toBe(201);
    expect((await replay(runId, { all: true })).status).toBe(409);
  });

  it('makes one replay of an Idempotency-Key, and refuses the key for another run', async () => {
    const [runId, other] = [await failedRun(), await failedRun()];
    const key = { 'idempotency-key': 'mend' };
    const answers = [await replay(runId, { all: true }, key), await replay(runId, { all: true }, key)];
    expect(answers.map(({ status }) => status)).toEqual([201, 200]);
    expect(answers[1]?.body.runId).toBe(answers[0]?.body.runId);
    expect((await replay(other, { all: true }, key)).status).toBe(409);
  });

  it('replays what failed in a replay, and heals both', async () => {
    const runId = await failedRun();
    const child = (await replay(runId, { lines: [3, 4] })).body.runId;
    await finish(child, [good(3), bad(4)]);
    const grandchild = (await replay(child, { all: true })).body.runId;
    expect((await replay(runId, { lines: [4] })).status).toBe(409);
    await finish(grandchild, [good(4)]);
    for (const [run, healed] of [
      [runId, 2],
      [child, 1],
    ] as const) {
      expect((await ask<DeadLettersView>(`/runs/${run}/dead-letters`)).body.healed).toBe(healed);
    }
  });

  it('re-runs what has not succeeded, also what never began, until nothing is left', async () => {
    const runId = await start();
    const rerun = () => ask<StartedRunView & ErrorBody>(`/runs/${runId}/rerun`, {});
    expect((await rerun()).status).toBe(409);
    const chunk = await chunkOf(runId);
    const machineId = newId();
    await management.stores.batches.claimChunk(chunk.id, 1001, machineId);
    await ask(`/runs/${runId}/cancel`, {});
    const cancelled: ItemOutcome = { ...base, lineNumber: 4, state: 'cancelled' };
    const progress = { chunkId: chunk.id, runId, fence: 1001, machineId, done: true };
    await management.stores.batches.recordProgress([{ ...progress, items: [good(1), bad(3), cancelled] }]);
    await ended(runId);
    const first = await rerun();
    expect([first.status, first.body.itemsTotal]).toEqual([201, 3]);
    expect((await rerun()).status).toBe(409);
    const child = await finish(first.body.runId, [good(3), good(5), bad(4)]);
    expect(child).toMatchObject({ cause: 'rerun', parentRunId: runId });
    const second = await rerun();
    expect([second.status, second.body.itemsTotal]).toEqual([201, 1]);
    await finish(second.body.runId, [good(4)]);
    const third = await rerun();
    expect([third.status, third.body.error.message]).toEqual([409, expect.stringContaining('Nothing')]);
  });

  it('terminates a run, and says when that was wanted', async () => {
    const runId = await start();
    await chunkOf(runId);
    const { status, body } = await ask<RunView>(`/runs/${runId}/terminate`, {});
    expect([status, body.terminatedAt]).toEqual([202, expect.any(String)]);
    expect((await ended(runId)).state).toBe('cancelled');
    expect((await ask(`/runs/${runId}/terminate`, {})).status).toBe(409);
  });

  it('lists what happened to a run', async () => {
    const runId = await failedRun();
    const event = { runId, kind: 'failuresWarning', details: { itemsFailed: 3 } } as const;
    await management.stores.batchEvents.record(event);
    const { body } = await ask<EventListView>(`/runs/${runId}/events`);
    expect(body.events).toMatchObject([{ kind: 'failuresWarning', details: { itemsFailed: 3 } }]);
  });

  it.each([
    [{}, 'one of'],
    [{ all: true, group: '0123456789abcdef' }, 'one of'],
    [{ all: false }, 'all: must be true'],
    [{ lines: [] }, 'lines: must be 1 to'],
    [{ lines: [0] }, 'must be 1 to'],
    [{ lines: 'all' }, 'lines: must be 1 to'],
    [{ group: 'nonsense' }, 'group: must be'],
    [{ all: true, again: 'yes' }, 'again: must be'],
    [{ everything: true }, 'everything'],
  ])('refuses %j and says what is wrong', async (body, words) => {
    const { status, body: answer } = await replay(await start(), body);
    expect([status, JSON.stringify(answer.error)]).toEqual([400, expect.stringContaining(words)]);
  });

  it('knows no replays of a run that is not there', async () => {
    const unknown = newId();
    expect((await replay(unknown, { all: true })).status).toBe(404);
    for (const path of ['failure-groups', 'dead-letters', 'events']) {
      expect((await ask(`/runs/${unknown}/${path}`)).status).toBe(404);
    }
  });
});
