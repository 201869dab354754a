import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BooksPage } from '#shared/domain/function-time.js';
import { newId } from '#shared/domain/ids.js';
import { activeApp, newMachine, newRun } from '../../../../../test/contract/store/samples.js';
import { startManagementInProcess } from '../../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../../test/support/management-in-process.js';
import { waitFor } from '../../../../../test/support/wait-for.js';

type Answer = Record<string, unknown>;

describe('the API of work and of what was lost', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
  });

  afterAll(() => management.stop());

  const get = (path: string, accept = 'application/json'): Promise<Response> =>
    fetch(`${management.url}/api/v1/capacity/${path}`, { headers: { accept } });
  const json = async (path: string): Promise<Answer> => {
    const response = await get(path);
    expect(response.status).toBe(200);
    return (await response.json()) as Answer;
  };
  const lines = async (path: string): Promise<string[]> => {
    const response = await get(path, 'text/csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    return (await response.text()).split('\r\n');
  };
  /** A machine alone in its pool, whose worker's books say this. */
  const booked = async (page: Omit<BooksPage, 'id'>, more = {}): Promise<{ pool: string; id: string }> => {
    const machine = newMachine({ pool: newId(), name: 'desk, "left"', cores: 4, ...more });
    await management.stores.machines.heartbeat({ ...machine, page: { id: newId(), ...page } }, 3600);
    return machine;
  };
  const work = (appId: string, more = {}) => ({
    hour: new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000),
    appId,
    functionName: 'alpha',
    runId: '',
    reason: '' as const,
    usedMs: 3_600_000,
    badputMs: 0,
    evictions: 0,
    calls: 10,
    ...more,
  });

  it('tells badput by function, machine and reason, and as tables', async () => {
    const app = await activeApp(management.stores);
    const { run } = await management.stores.batches.createRun(newRun(app, 1));
    const lost = { usedMs: 0, calls: 0, badputMs: 1_800_000, evictions: 2, reason: 'USER_ACTIVE' };
    const { pool, id } = await booked({
      work: [
        work(app.appId),
        work(app.appId, { runId: run.id }),
        work(app.appId, { runId: run.id, ...lost }),
      ],
      waits: [],
    });
    const byFunction = await json(`badput?pool=${pool}`);
    const total = { usedHours: 2, badputHours: 0.5, badputShare: 0.2, evictions: 2, calls: 20 };
    expect(byFunction).toMatchObject({ by: 'function', total, more: 0 });
    const rows = byFunction['rows'] as Answer[];
    expect(rows).toEqual([
      {
        app: app.appName,
        function: 'alpha',
        batch: 'nightly invoices',
        machineId: null,
        machine: null,
        reason: null,
        usedHours: 1,
        badputHours: 0.5,
        badputShare: 0.33333,
        evictions: 2,
        calls: 10,
      },
      expect.objectContaining({ batch: '', badputHours: 0, badputShare: 0, calls: 10 }),
    ]);
    expect(await json(`badput?pool=${pool}&limit=1`)).toMatchObject({ rows: [rows[0]], more: 1, total });
    expect(await json(`badput?machine=${id}&by=machine`)).toMatchObject({
      rows: [{ machineId: id, machine: 'desk, "left"', app: null, ...total }],
    });
    expect(await json(`badput?pool=${pool}&by=reason`)).toMatchObject({
      rows: [
        { reason: 'USER_ACTIVE', badputHours: 0.5, usedHours: 0 },
        { reason: '', badputHours: 0, usedHours: 2 },
      ],
    });
    expect(await lines(`badput?pool=${pool}`)).toEqual([
      'app,function,batch,usedHours,badputHours,badputShare,evictions,calls',
      `${app.appName},alpha,nightly invoices,1,0.5,0.33333,2,10`,
      `${app.appName},alpha,,1,0,0,0,10`,
      '',
    ]);
    expect((await lines(`badput?pool=${pool}&by=machine`))[1]).toBe(`${id},"desk, ""left""",2,0.5,0.2,2,20`);
  });

  it('tells how long owners waited, and the worst', async () => {
    const start = Date.now() - 60_000;
    const waits = Array.from({ length: 40 }, (_, index) => ({
      at: new Date(start + index * 1000),
      action: 'suspend' as const,
      reason: 'USER_ACTIVE' as const,
      milliseconds: (index + 1) * 10,
    }));
    const { pool, id } = await booked({ work: [], waits });
    const impact = await json(`owner-impact?pool=${pool}&limit=2`);
    expect(impact).toMatchObject({ count: 40, p50Ms: 200, p95Ms: 380, maxMs: 400 });
    expect(impact['worst']).toEqual([
      {
        at: new Date(start + 39_000).toISOString(),
        machineId: id,
        machine: 'desk, "left"',
        pool,
        action: 'suspend',
        reason: 'USER_ACTIVE',
        milliseconds: 400,
      },
      expect.objectContaining({ milliseconds: 390 }),
    ]);
    const table = await lines(`owner-impact?machine=${id}`);
    expect(table[0]).toBe('at,machineId,machine,pool,action,reason,milliseconds');
    expect(table[1]).toBe(
      `${new Date(start).toISOString()},${id},"desk, ""left""",${pool},suspend,USER_ACTIVE,10`,
    );
    expect(table).toHaveLength(42);
    expect(await json(`owner-impact?pool=${newId()}`)).toMatchObject({ count: 0, p95Ms: null, worst: [] });
  });

  it('tells the course of a range by hour and day, of all pools or of each', async () => {
    const { stores } = management;
    const machine = newMachine({ pool: newId(), cores: 4, capacity: { state: 'claimed/busy', reason: '' } });
    await stores.machines.heartbeat(machine, 3600);
    const start = await stores.store.now();
    await waitFor(async () => (await stores.store.now()).getTime() - start.getTime() > 100, {
      timeoutMs: 60_000,
    });
    await stores.machines.heartbeat({ ...machine, busyCores: 4 }, 3600);
    const { pool } = machine;
    const hourly = await json(`series?pool=${pool}`);
    const points = hourly['points'] as Answer[];
    expect(hourly['step']).toBe('hour');
    expect(points.length).toBeGreaterThanOrEqual(1);
    expect(points[0]).toMatchObject({
      at: expect.stringMatching(/T\d\d:00:00\.000Z$/),
      pool: null,
      idleCoreHours: 0,
      ownerCoreHours: 0,
      downCoreHours: 0,
    });
    expect(points[0]?.['usedCoreHours']).toBe(points[0]?.['allocatedCoreHours']);
    const daily = await json(`series?pool=${pool}&step=day&byPool=true&from=2026-01-01T05:00:00Z`);
    expect(daily['from']).toBe('2026-01-01T00:00:00.000Z');
    expect(daily['until']).toMatch(/T00:00:00\.000Z$/);
    expect(daily['points']).toEqual([
      expect.objectContaining({ at: expect.stringMatching(/T00:00:00\.000Z$/), pool }),
    ]);
    const table = await lines(`series?pool=${pool}&step=day`);
    expect(table[0]).toBe(
      'at,pool,usedCoreHours,offeredCoreHours,allocatedCoreHours,idleCoreHours,ownerCoreHours,downCoreHours',
    );
    expect(table).toHaveLength(3);
  });

  it('has an overview in one answer', async () => {
    const waits = [
      { at: new Date(), action: 'vacate' as const, reason: 'BATTERIES' as const, milliseconds: 700 },
    ];
    const app = await activeApp(management.stores);
    const lost = { reason: 'BATTERIES', usedMs: 0, calls: 0, badputMs: 1_200_000, evictions: 1 };
    const page = { work: [work(app.appId), work(app.appId, lost)], waits };
    const { pool } = await booked(page, {
      capacity: { state: 'owner/idle', reason: 'BATTERIES' },
      state: 'owner',
    });
    const offline = newMachine({ pool, capacity: { state: 'claimed/busy', reason: '' } });
    await management.stores.machines.heartbeat(offline, -1);
    expect(await json(`cards?pool=${pool}`)).toMatchObject({
      usedOfOffered: null,
      offeredCoreHours: 0,
      badputShare: 0.25,
      evictions: 1,
      ownerImpact: { count: 1, p50Ms: 700, p95Ms: 700, maxMs: 700 },
      machines: { total: 2, byState: { offline: 1, owner: 1 }, byCapacity: { 'owner/idle': 1 } },
    });
    expect(await json(`cards?pool=${newId()}`)).toMatchObject({
      badputShare: null,
      ownerImpact: { count: 0, p95Ms: null },
      machines: { total: 0, byState: {}, byCapacity: {} },
    });
  });

  it.each([
    ['badput?by=pool', 'by: must be function, machine or reason'],
    ['badput?limit=0', 'limit: must be a whole number from 1 to 1000'],
    [
      'badput?by=machine&from=2026-01-01T00:00:00Z&until=2026-01-08T00:00:01Z',
      'from: must lie at most 7 days before until where rows are machines',
    ],
    ['owner-impact?machine=desk', 'machine: must be the id of a machine'],
    ['series?step=week', 'step: must be hour or day'],
    ['series?byPool=yes', 'byPool: must be true or false'],
    ['cards?from=tomorrow', 'from: must be a time such as'],
  ])('refuses %s', async (path, message) => {
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });
});
