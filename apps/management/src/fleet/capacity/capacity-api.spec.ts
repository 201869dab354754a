import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { MachineReport } from '#shared/domain/machine.js';
import { newMachine } from '../../../../../test/contract/store/samples.js';
import { startManagementInProcess } from '../../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../../test/support/management-in-process.js';
import { waitFor } from '../../../../../test/support/wait-for.js';

type Sums = Record<string, number>;

describe('the API of spare capacity', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
  });

  afterAll(() => management.stop());

  /** Two heartbeats with some time between them. */
  const spend = async (more: Partial<MachineReport>): Promise<string> => {
    const { store, machines } = management.stores;
    const machine = newMachine({ cores: 4, ...more });
    await machines.heartbeat(machine, 3600);
    const start = await store.now();
    await waitFor(async () => (await store.now()).getTime() - start.getTime() > 100, { timeoutMs: 60_000 });
    await machines.heartbeat(machine, 3600);
    return machine.id;
  };
  const get = async (path: string, accept = 'application/json'): Promise<Response> =>
    fetch(`${management.url}/api/v1/capacity/${path}`, { headers: { accept } });

  it('tells what was used of what was offered, and what became of the rest', async () => {
    const pool = newId();
    await spend({ pool, capacity: { state: 'claimed/busy', reason: '' }, busyCores: 1 });
    await spend({ pool, capacity: { state: 'unclaimed/idle', reason: '' } });
    await spend({ pool, capacity: { state: 'owner/idle', reason: 'USER_ACTIVE' } });
    const response = await get(`summary?pool=${pool}`);
    expect(response.status).toBe(200);
    const body = (await response.json()) as Sums & { states: object[] };
    expect(body.states).toEqual([
      { state: 'claimed/busy', reason: '', machineHours: expect.any(Number), coreHours: expect.any(Number) },
      expect.objectContaining({ state: 'owner/idle', reason: 'USER_ACTIVE' }),
      expect.objectContaining({ state: 'unclaimed/idle', reason: '' }),
    ]);
    expect(body['usedCoreHours']).toBeGreaterThan(0);
    expect(body['ownerCoreHours']).toBeGreaterThan(0);
    expect(body['downCoreHours']).toBe(0);
    const { offeredCoreHours = 0, allocatedCoreHours = 0, idleCoreHours = 0 } = body;
    expect(offeredCoreHours).toBeCloseTo(allocatedCoreHours + idleCoreHours, 4);
    expect(body['usedOfOffered']).toBeGreaterThan(0);
    expect(body['usedOfOffered']).toBeLessThan(0.3);
  });

  it('tells it by hour and machine, and as tables', async () => {
    const pool = newId();
    const name = 'desk, "left"';
    const id = await spend({ pool, name, capacity: { state: 'claimed/busy', reason: '' }, busyCores: 4 });
    const { hours } = (await (await get(`hours?pool=${pool}`)).json()) as { hours: object[] };
    expect(hours.length).toBeGreaterThanOrEqual(1);
    expect(hours[0]).toMatchObject({
      hour: expect.stringMatching(/T\d\d:00:00\.000Z$/),
      machineId: id,
      machine: name,
      downCoreHours: 0,
    });
    expect((await (await get(`hours?machine=${id}`)).json()) as object).toMatchObject({ hours });
    const table = await get(`hours?pool=${pool}`, 'text/csv');
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = (await table.text()).split('\r\n');
    expect(lines[0]).toBe(
      'hour,machineId,machine,usedCoreHours,offeredCoreHours,allocatedCoreHours,idleCoreHours,ownerCoreHours,downCoreHours',
    );
    expect(lines[1]).toContain(`,${id},"desk, ""left""",`);
    expect(lines).toHaveLength(hours.length + 2);
    const summary = await (await get(`summary?pool=${pool}`, 'text/csv')).text();
    expect(summary).toMatch(/^state,reason,machineHours.*\r\nclaimed\/busy,,[\d.e-]+,/);
  });

  it('has nothing to tell of hours in which there was nothing', async () => {
    const response = await get('summary?from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z');
    expect(await response.json()).toMatchObject({ usedOfOffered: null, offeredCoreHours: 0, states: [] });
  });

  it.each([
    ['from=yesterday', 'from: must be a time such as'],
    ['from=2020-01-02T00:00:00Z&until=2020-01-01T00:00:00Z', 'until: must lie after from'],
    ['from=2020-01-01T00:00:00Z&until=2023-01-01T00:00:00Z', 'from: must lie at most 366 days'],
    ['machine=desk', 'machine: must be the id of a machine'],
  ])('refuses %s', async (query, message) => {
    for (const path of ['summary', 'hours']) {
      const response = await get(`${path}?${query}`);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain(message);
    }
  });
});
