import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDuration, emptySketch } from '#shared/domain/capacity/duration-sketch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import { items, newMachine, newRun } from '../../../../../test/contract/store/samples.js';
import { startManagementInProcess } from '../../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../../test/support/temp-stores.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import type { RunView } from '../run-views.js';
import { OutlookKeeper } from './outlook-keeper.js';
import type { RunProgressView } from './forecast-views.js';

const MACHINE_ID = '0193a000-0000-7000-8000-000000000001';
const POOLS = ['late', 'told', 'early', 'long', 'new', 'shared', 'course'];
const HOUR_MS = 3_600_000;

describe('the API of forecasts', () => {
  let management: ManagementInProcess;
  let version: AppVersion;
  let file: { readonly digest: string; readonly sizeBytes: number };

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null }, [
      '--item-concurrency',
      '10',
    ]);
    const { stores } = management;
    version = await activateApp(stores, 'billing', [
      functionWith('minutes', { type: 'queueTrigger' }),
      functionWith('fresh', { type: 'queueTrigger' }),
    ]);
    for (const pool of POOLS) await stores.machines.heartbeat(newMachine({ slots: 2, pool }), 3600);
    const sketch = emptySketch();
    for (let count = 0; count < 100; count += 1) addDuration(sketch, 60);
    const answer = await fetch(`${management.url}/api/v1/files`, {
      method: 'POST',
      body: '{"n":1}\n'.repeat(10),
    });
    file = (await answer.json()) as typeof file;
    await stores.durations.add([{ appId: version.appId, functionName: 'minutes', kind: 'item', sketch }]);
  });

  afterAll(() => management.stop());

  async function read<Body>(path: string): Promise<Body> {
    const response = await fetch(`${management.url}/api/v1/batches/runs/${path}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Body;
  }

  /** A run of ten lines that says it has more. Each is alone in its pool, where a machine runs 20 items at once. */
  async function runOf(more: Partial<NewBatchRun>): Promise<string> {
    const { stores } = management;
    const input = { inputDigest: file.digest, inputSizeBytes: file.sizeBytes };
    const order = { ...newRun(version, 1), functionName: 'minutes', ...input, ...more };
    return (await stores.batches.createRun(order)).run.id;
  }

  const chunkOf = (runId: string) =>
    waitFor(
      async () => {
        const open = await management.stores.batches.listStaleChunks(0, 1000);
        return open.find((chunk) => chunk.runId === runId);
      },
      { timeoutMs: 60_000, intervalMs: 10, what: 'a chunk' },
    );

  it('says that a run can not meet its deadline, long before that, and how many machines would make it', async () => {
    const deadlineAt = new Date(Date.now() + HOUR_MS);
    // 20 items a minute: three hours.
    const runId = await runOf({ itemsTotal: 3600, deadlineAt, pool: 'late' });
    const { forecast } = await read<RunView>(runId);
    expect(forecast).toMatchObject({
      state: 'late',
      unknown: null,
      machinesReady: 1,
      noNumber: null,
      leftAtWindowEnd: 0,
      isFromHistory: false,
    });
    const hours = (Date.parse(forecast.p50At ?? '') - Date.now()) / HOUR_MS;
    expect(hours).toBeGreaterThan(2.7);
    expect(hours).toBeLessThan(3.4);
    expect(forecast.moreMachines).toBeGreaterThanOrEqual(2);
    expect(forecast.moreMachines).toBeLessThanOrEqual(3);
    expect(forecast.message).toMatch(/will not be met\. [23] more machines until then would make it\.$/);
  });

  it('puts on record once that it will be late', async () => {
    const runId = await runOf({ itemsTotal: 3600, deadlineAt: new Date(Date.now() + HOUR_MS), pool: 'told' });
    await read<RunView>(runId);
    const told = async () => {
      await management.app.get(OutlookKeeper).look();
      const { events } = await read<{ events: { kind: string; details: object }[] }>(`${runId}/events`);
      return events.find(({ kind }) => kind === 'late');
    };
    const event = await waitFor(told, { timeoutMs: 60_000, what: 'the event of a deadline that is not met' });
    expect(event.details).toMatchObject({ deadlineAt: expect.any(String), moreMachines: expect.any(Number) });
  });

  it('says that a deadline will be met', async () => {
    const deadlineAt = new Date(Date.now() + HOUR_MS);
    const runId = await runOf({ itemsTotal: 200, deadlineAt, pool: 'early' });
    expect((await read<RunView>(runId)).forecast).toMatchObject({ state: 'onTime', moreMachines: 0 });
  });

  it('says that no number of machines makes a deadline before which no item ends', async () => {
    const runId = await runOf({ itemsTotal: 1, deadlineAt: new Date(Date.now() + 30_000), pool: 'long' });
    expect((await read<RunView>(runId)).forecast).toMatchObject({
      state: 'late',
      moreMachines: null,
      noNumber: 'itemTooLong',
    });
  });

  it('does not know what nobody has measured', async () => {
    const runId = await runOf({
      functionName: 'fresh',
      deadlineAt: new Date(Date.now() + HOUR_MS),
      pool: 'new',
    });
    expect((await read<RunView>(runId)).forecast).toMatchObject({
      state: 'notKnown',
      p50At: null,
      unknown: 'noItemTimes',
    });
  });

  it('has runs of a higher priority go before', async () => {
    const later = await runOf({ itemsTotal: 1200, pool: 'shared', priority: 1 });
    const first = await runOf({ itemsTotal: 1200, pool: 'shared', priority: 2 });
    const minutes = async (runId: string) =>
      (Date.parse((await read<RunView>(runId)).forecast.p50At ?? '') - Date.now()) / 60_000;
    // Each has an hour's work.
    expect((await minutes(later)) / (await minutes(first))).toBeCloseTo(2, 0);
  });

  it('shows the course of a run to its end, with what became of its deadline', async () => {
    const { batches } = management.stores;
    const runId = await runOf({ itemsTotal: 10, deadlineAt: new Date(Date.now() + HOUR_MS), pool: 'course' });
    const chunk = await chunkOf(runId);
    await batches.claimChunk(chunk.id, 1001, MACHINE_ID);
    const progress = { chunkId: chunk.id, runId, fence: 1001, machineId: MACHINE_ID };
    await batches.recordProgress([{ ...progress, items: items(1, 4), done: false }]);
    const points = async () => {
      await management.app.get(OutlookKeeper).look();
      const course = await read<RunProgressView>(`${runId}/progress`);
      return course.points.length >= 2 ? course : undefined;
    };
    const course = await waitFor(points, { timeoutMs: 60_000, what: 'a point of the course' });
    expect(course.points.at(-1)).toMatchObject({ itemsSucceeded: 4, itemsTotal: 10 });
    expect(course.points.map(({ at }) => at)).toEqual(course.points.map(({ at }) => at).sort());
    await batches.failRun(runId, { source: 'platform', type: 'Ended', message: 'It is over.' });
    const ended = await read<RunProgressView>(`${runId}/progress`);
    expect(ended.forecast).toMatchObject({ state: 'onTime', message: 'It ended before its deadline.' });
    expect(ended.points.at(-1)?.itemsSucceeded).toBe(4);
  });

  it('takes a deadline with a run that is asked for, and says what is wrong with one', async () => {
    const post = (deadline: string) =>
      fetch(`${management.url}/api/v1/batches?app=billing&function=minutes&deadlineAt=${deadline}`, {
        method: 'POST',
        body: '{"n":1}\n',
      });
    const { runId } = (await (await post('2030-01-01T06:00:00Z')).json()) as { runId: string };
    expect((await read<RunView>(runId)).deadlineAt).toBe('2030-01-01T06:00:00.000Z');
    const refused = await post('six');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('deadlineAt: must be a time such as');
  });
});
