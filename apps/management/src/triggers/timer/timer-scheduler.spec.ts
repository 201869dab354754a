import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { parseHostJson } from '#shared/contracts/host-json.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { TimerInput } from '#shared/domain/invocation.js';
import type { NewInvocation } from '#shared/store/invocation-store.js';
import { openStores, type Stores } from '#shared/store/kysely/open-stores.js';
import type { Store } from '#shared/store/store.js';
import { makeTempFolder, removeFolder } from '../../../../../test/support/temp-folder.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import type { Catalogue, CatalogueListener } from '../../catalogue/catalogue.js';
import type { Dispatcher } from '../../dispatch/dispatcher.js';
import { TimerScheduler } from './timer-scheduler.js';
import { TimerSchedules } from './timer-schedules.js';
import { TimerWarming } from './timer-warming.js';

jest.setTimeout(30_000);

const HOUR_MS = 3_600_000;
const HOURLY = '0 0 * * * *';

interface Fired {
  readonly plannedAt: string;
  readonly timer: TimerInput | null;
}

let folder: string;
let stores: Stores;
/** The start of the next hour: schedules begin now, by the database's clock, and nothing before may fire. */
let nextHour: number;
let now: number;
let fired: Fired[];
let warmed: string[];
/** So many claims find that another instance has just begun a run. */
let overlaps: number;
let instances: TimerScheduler[];
let versions: AppVersion[];
const listeners = new Set<CatalogueListener>();

beforeAll(() => {
  Logger.overrideLogger(false);
});

beforeEach(async () => {
  folder = await makeTempFolder('timers');
  stores = await openStores({ databaseUrl: `sqlite:${join(folder, 'nightjar.db')}` });
  await stores.store.migrate();
  now = (await stores.store.now()).getTime();
  nextHour = Math.ceil(now / HOUR_MS) * HOUR_MS;
  fired = [];
  warmed = [];
  overlaps = 0;
  instances = [];
  versions = [];
});

afterEach(async () => {
  for (const instance of instances) await instance.onModuleDestroy();
  listeners.clear();
  await stores.store.close();
  await removeFolder(folder);
});

async function publish(
  expression: string,
  settings: { useMonitor?: boolean; runOnStartup?: boolean } = {},
): Promise<void> {
  const app = await stores.catalogue.findOrCreateApp('shop');
  const version = await stores.catalogue.activateVersion({
    id: newId(),
    appId: app.id,
    packageDigest: 'a'.repeat(64),
    packageSizeBytes: 1,
    host: parseHostJson('{"version":"2.0"}'),
    functions: [
      {
        name: 'tick',
        programmingModel: 'v4',
        disabled: false,
        bindings: [{ name: 'timer', type: 'timerTrigger', direction: 'in', schedule: expression }],
      },
    ],
    schedules: [{ functionName: 'tick', expression, useMonitor: true, runOnStartup: false, ...settings }],
  });
  versions = [version];
  for (const listener of listeners) listener(versions);
}

/** A management instance's scheduler: the real stores, a clock and a queue of the test's. */
function startInstance(): TimerScheduler {
  const catalogue: Pick<Catalogue, 'subscribe'> = {
    subscribe: (listener) => {
      listeners.add(listener);
      listener(versions);
      return () => listeners.delete(listener);
    },
  };
  const clock: Pick<Store, 'now'> = { now: () => Promise.resolve(new Date(now)) };
  const dispatcher: Pick<Dispatcher, 'acceptOccurrence' | 'warmUp'> = {
    warmUp: async ({ appVersionId }) => void warmed.push(appVersionId),
    acceptOccurrence: async (scheduleId, plannedAt, invocation) => {
      if (overlaps > 0) {
        overlaps -= 1;
        return 'overlaps';
      }
      const outcome = await stores.schedules.claimOccurrence(scheduleId, plannedAt, invocation);
      if (outcome === 'claimed')
        fired.push({ plannedAt: plannedAt.toISOString(), timer: timerOf(invocation) });
      return outcome;
    },
  };
  const scheduler = new TimerScheduler(
    { timerTimeZone: 'UTC' },
    catalogue as Catalogue,
    clock as Store,
    stores.schedules,
    new TimerSchedules(stores.schedules),
    dispatcher as Dispatcher,
    new TimerWarming({ timerWarmUpSeconds: 20 }, dispatcher as Dispatcher),
  );
  scheduler.onApplicationBootstrap();
  instances.push(scheduler);
  return scheduler;
}

function timerOf(invocation: NewInvocation | null): TimerInput | null {
  return invocation?.input.kind === 'timer' ? invocation.input.timer : null;
}

const at = (ms: number): string => new Date(ms).toISOString();

/** Every instance has looked at the clock twice since it was set. */
async function moveTo(ms: number): Promise<void> {
  now = ms;
  await new Promise((resolve) => setTimeout(resolve, 2_300));
}

async function endRuns(): Promise<void> {
  const { rows } = await stores.invocations.list({ state: 'queued' }, { limit: 100 });
  for (const { id } of rows) await stores.invocations.abandon(id, 'The test ends it.');
}

describe('TimerScheduler', () => {
  it('fires an occurrence once, however many instances there are', async () => {
    await publish(HOURLY);
    for (let instance = 0; instance < 3; instance += 1) startInstance();
    await moveTo(nextHour - 1);
    expect(fired).toEqual([]);
    await moveTo(nextHour + 5);
    expect(fired).toMatchObject([{ plannedAt: at(nextHour), timer: { isPastDue: false } }]);
    await endRuns();
    await moveTo(nextHour + HOUR_MS + 5);
    expect(fired.map(({ plannedAt }) => plannedAt)).toEqual([at(nextHour), at(nextHour + HOUR_MS)]);
    expect(fired[1]?.timer?.scheduleStatus).toEqual({
      last: at(nextHour),
      next: at(nextHour + HOUR_MS),
      lastUpdated: at(nextHour),
    });
  });

  it('has a container got ready shortly before an occurrence', async () => {
    await publish(HOURLY);
    now = nextHour - 60_000;
    startInstance();
    await moveTo(now);
    expect(warmed).toEqual([]);
    now = nextHour - 10_000;
    await waitFor(() => warmed.length > 0, { timeoutMs: 25_000 });
    expect({ warmed, fired }).toEqual({ warmed: [versions[0]?.id], fired: [] });
  });

  it('fires missed occurrences once after a restart, past due', async () => {
    await publish(HOURLY);
    now = nextHour + 3 * HOUR_MS + 1_800_000;
    startInstance();
    await waitFor(() => fired.length > 0, { timeoutMs: 5_000 });
    await moveTo(now);
    expect(fired).toMatchObject([{ plannedAt: at(nextHour + 3 * HOUR_MS), timer: { isPastDue: true } }]);
  });

  it('skips missed occurrences of a timer that is not monitored', async () => {
    await publish(HOURLY, { useMonitor: false });
    now = nextHour + 1_800_000;
    startInstance();
    await waitFor(() => fired.length > 0, { timeoutMs: 5_000 });
    expect(fired).toEqual([{ plannedAt: at(nextHour), timer: null }]);
    await moveTo(nextHour + HOUR_MS + 5);
    expect(fired[1]).toMatchObject({ plannedAt: at(nextHour + HOUR_MS), timer: { scheduleStatus: null } });
  });

  it('never lets runs overlap: what came due meanwhile runs once, afterwards', async () => {
    await publish(HOURLY, { useMonitor: false });
    startInstance();
    await moveTo(nextHour + 5);
    await moveTo(nextHour + HOUR_MS + 5);
    await moveTo(nextHour + 2 * HOUR_MS + 5);
    expect(fired).toHaveLength(1);
    await endRuns();
    await waitFor(() => fired.length > 1, { timeoutMs: 5_000 });
    expect(fired[1]).toMatchObject({ plannedAt: at(nextHour + 2 * HOUR_MS) });
    expect(fired[1]?.timer).not.toBeNull();
  });

  it('lets an occurrence wait whose claim finds that another instance has just begun a run', async () => {
    await publish(HOURLY, { useMonitor: false });
    overlaps = 2;
    now = nextHour + 5;
    startInstance();
    await waitFor(() => overlaps === 0, { timeoutMs: 60_000 });
    now = nextHour + 600_000;
    await waitFor(() => fired.length > 0, { timeoutMs: 60_000 });
    expect(fired).toMatchObject([{ plannedAt: at(nextHour), timer: { isPastDue: expect.any(Boolean) } }]);
  });

  it('runs on activation when that is wanted, once for each version', async () => {
    await publish(HOURLY, { runOnStartup: true });
    startInstance();
    startInstance();
    await waitFor(() => fired.length > 0, { timeoutMs: 5_000 });
    await endRuns();
    await moveTo(now);
    expect(fired).toHaveLength(1);
    await publish(HOURLY, { runOnStartup: true });
    await waitFor(() => fired.length > 1, { timeoutMs: 5_000 });
    await endRuns();
    await moveTo(now);
    expect(fired).toHaveLength(2);
  });

  it('takes up a new expression, and forgets the old one', async () => {
    await publish(HOURLY);
    startInstance();
    await publish('0 30 * * * *');
    await moveTo(nextHour + 5);
    await endRuns();
    await moveTo(nextHour + 1_800_005);
    expect(fired.at(-1)).toMatchObject({ plannedAt: at(nextHour + 1_800_000) });
    expect(fired.map(({ plannedAt }) => plannedAt)).not.toContain(at(nextHour));
  });
});
