import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../../test/support/temp-stores.js';

const DAY_MS = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

describe('schedules of batches over HTTP', () => {
  let management: ManagementInProcess;
  const path = 'api/v1/apps/shop/batches';

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
    await activateApp(management.stores, 'shop', [functionWith('item', { type: 'queueTrigger' })]);
    await ask('PUT', 'nightly', {
      function: 'item',
      input: { kind: 'range', from: 1, to: 3 },
      schedule: '0 30 23 * * *',
      window: { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' },
      deadline: '05:00',
    });
    await ask('PUT', 'asked', { function: 'item', input: { kind: 'range', from: 1, to: 3 } });
  });
  afterAll(() => management.stop());

  async function ask(method: string, at: string, body?: object, headers: Record<string, string> = {}) {
    const response = await fetch(`${management.url}/${path}/${at}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('tells what comes next, in UTC and in its zone, also while it is paused', async () => {
    await ask('POST', 'nightly/pause', { note: 'moving' });
    const { status, body } = await ask('GET', 'nightly/schedule?count=2');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      app: 'shop',
      batch: 'nightly',
      timeZone: 'Europe/Berlin',
      pause: { note: 'moving' },
    });
    const next = body['next'] as { at: string; local: string; businessDate: string; deadlineAt: string }[];
    expect(next).toHaveLength(2);
    expect(next[0]?.local).toMatch(/T23:30:00\+0[12]:00$/);
    expect(next[0]?.businessDate).toBe(next[0]?.local.slice(0, 10));
    expect(Date.parse(next[0]?.deadlineAt ?? '') - Date.parse(next[0]?.at ?? '')).toBe(5.5 * 3_600_000);
    await ask('POST', 'nightly/resume');
    expect((await ask('GET', 'asked/schedule')).body).toMatchObject({ timeZone: null, next: [] });
  });

  it('runs days that are over, in their order, once for a key', async () => {
    const now = (await management.stores.store.now()).getTime();
    const range = { from: dayOf(now - 3 * DAY_MS), to: dayOf(now - 2 * DAY_MS) };
    const dry = await ask('POST', 'nightly/backfill', { ...range, dryRun: true });
    expect([dry.status, dry.body]).toEqual([
      200,
      {
        notBefore: expect.any(String),
        runs: [range.from, range.to].map((businessDate) => ({
          runId: null,
          businessDate,
          plannedAt: expect.any(String),
        })),
      },
    ]);
    const key = { 'idempotency-key': 'k' };
    const first = await ask('POST', 'nightly/backfill', range, key);
    expect(first.status).toBe(201);
    expect((await ask('POST', 'nightly/backfill', range, key)).body['runs']).toEqual(first.body['runs']);
    const { runs } = (await ask('GET', 'nightly/runs?cause=backfill')).body as {
      runs: { businessDate: string }[];
    };
    expect(runs.map(({ businessDate }) => businessDate)).toEqual([range.to, range.from]);
  });

  it.each([
    ['nightly', { from: '2026-02-30', to: '2026-03-01' }, 400, /from.* must be a day such as/],
    ['nightly', { from: '2100-01-01', to: '2100-01-02' }, 400, /must not be after today/],
    ['asked', { from: '2026-01-01', to: '2026-01-02' }, 400, /has neither schedule nor window/],
    ['nobody', { from: '2026-01-01', to: '2026-01-02' }, 404, /nobody/],
  ])('refuses a backfill of %s, %j: %i', async (batch, body, status, message) => {
    const refused = await ask('POST', `${batch}/backfill`, body);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([status, expect.stringMatching(message)]);
  });

  it('lists what became of occurrences, page by page', async () => {
    const batchId = (await ask('GET', 'nightly')).body['batchId'] as string;
    const claim = { batchId, version: 1, run: null, reason: 'It was missed.', nextDueAt: null };
    const { rows } = await management.stores.batches.listRuns({ limit: 100 }, { batchId });
    const openRunIds = rows.filter(({ endedAt }) => endedAt === null).map(({ id }) => id);
    for (const day of ['01', '02'])
      await management.stores.occurrences.claim({
        ...claim,
        openRunIds,
        plannedAt: new Date(`2026-11-${day}T22:30:00Z`),
      });
    const first = (await ask('GET', 'nightly/occurrences?limit=1')).body;
    expect(first).toMatchObject({
      occurrences: [{ plannedAt: '2026-11-02T22:30:00.000Z', runId: null, reason: 'It was missed.' }],
      next: '2026-11-02T22:30:00.000Z',
    });
    const second = (await ask('GET', `nightly/occurrences?before=${String(first['next'])}`)).body;
    expect(second).toMatchObject({ occurrences: [{ plannedAt: '2026-11-01T22:30:00.000Z' }] });
    expect(second['next']).toBeUndefined();
  });
});
