import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { parseHostJson } from '#shared/contracts/host-json.js';
import { newId } from '#shared/domain/ids.js';
import { openStores, type Stores } from '#shared/store/kysely/open-stores.js';
import type { ScheduleStore } from '#shared/store/schedule-store.js';
import type { Store } from '#shared/store/store.js';
import type { Catalogue } from '../../apps/management/src/catalogue/catalogue.js';
import type { Dispatcher } from '../../apps/management/src/dispatch/dispatcher.js';
import { TimerScheduler } from '../../apps/management/src/triggers/timer/timer-scheduler.js';
import { TimerSchedules } from '../../apps/management/src/triggers/timer/timer-schedules.js';
import { TimerWarming } from '../../apps/management/src/triggers/timer/timer-warming.js';
import { makeTempFolder, removeFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

/**
 * Fault 15: clocks that change, a day that comes every four years, the end of a year. The scheduler of timers runs as it is, on a
 * real store, and by a clock that a test moves on half an hour at a time; exactly the documented firings are wanted.
 */
jest.setTimeout(120_000);

const BEGINNING = new Date('2027-01-01T00:00:00Z');
const STEP_MS = 1_800_000;
/** Just before a full second: the scheduler looks again right after it, so that a test need not wait a second for it. */
const BEFORE_FULL_SECOND_MS = 995;

let folder: string;
let stores: Stores;
let newScheduler: () => TimerScheduler;
let nowMs: number;
let looks: number;
let fired: string[];

beforeEach(async () => {
  Logger.overrideLogger(false);
  folder = await makeTempFolder('clock-changes');
  stores = await openStores({ databaseUrl: `sqlite:${join(folder, 'nightjar.db')}` });
  await stores.store.migrate();
  looks = 0;
  fired = [];
});

afterEach(async () => {
  await stores.store.close();
  await removeFolder(folder);
});

/** @param timers zone and expression by function */
async function start(
  timers: Readonly<Record<string, readonly [zone: string, expression: string]>>,
): Promise<void> {
  const app = await stores.catalogue.findOrCreateApp('clocks');
  const version = await stores.catalogue.activateVersion({
    id: newId(),
    appId: app.id,
    packageDigest: 'a'.repeat(64),
    packageSizeBytes: 1,
    host: parseHostJson('{"version":"2.0"}'),
    functions: [],
    schedules: Object.entries(timers).map(([functionName, [timeZone, expression]]) => ({
      functionName,
      expression,
      timeZone,
      useMonitor: true,
      runOnStartup: false,
    })),
  });
  const names = new Map((await stores.schedules.listActive()).map((one) => [one.id, one.functionName]));
  const clock: Pick<Store, 'now'> = {
    now: () => {
      looks += 1;
      return Promise.resolve(new Date(nowMs));
    },
  };
  const dispatcher: Pick<Dispatcher, 'acceptOccurrence' | 'warmUp'> = {
    warmUp: () => Promise.resolve(),
    acceptOccurrence: async (id, plannedAt, invocation) => {
      const outcome = await stores.schedules.claimOccurrence(id, plannedAt, invocation);
      if (outcome === 'claimed') fired.push(`${names.get(id)} ${plannedAt.toISOString().slice(0, 16)}`);
      if (invocation) await stores.invocations.abandon(invocation.id, 'It is only its time that matters.');
      return outcome;
    },
  };
  const catalogue: Pick<Catalogue, 'subscribe'> = {
    subscribe: (listener) => {
      listener([version]);
      return () => true;
    },
  };
  const schedules = begunBefore(stores.schedules);
  newScheduler = () =>
    new TimerScheduler(
      { timerTimeZone: 'UTC' },
      catalogue as Catalogue,
      clock as Store,
      schedules,
      new TimerSchedules(schedules),
      dispatcher as Dispatcher,
      new TimerWarming({ timerWarmUpSeconds: 0 }, dispatcher as Dispatcher),
    );
}

/** The store itself, only that its schedules began long before the days that are looked at, and not today. */
function begunBefore(store: ScheduleStore): ScheduleStore {
  const listActive = async () =>
    (await store.listActive()).map((schedule) => ({ ...schedule, activeSince: BEGINNING }));
  return Object.assign(Object.create(store) as ScheduleStore, { listActive });
}

/** Moves the clock from one moment to another; at each step every schedule has been looked at. */
async function live(from: string, to: string): Promise<string[]> {
  nowMs = Date.parse(from) + BEFORE_FULL_SECOND_MS;
  const scheduler = newScheduler();
  scheduler.onApplicationBootstrap();
  try {
    await looked();
    // Whatever came before was missed, and fires once: that is not what is looked at here.
    fired = [];
    for (; nowMs <= Date.parse(to) + BEFORE_FULL_SECOND_MS; nowMs += STEP_MS) await looked();
  } finally {
    await scheduler.onModuleDestroy();
  }
  return fired.toSorted();
}

async function looked(): Promise<void> {
  const before = looks;
  await waitFor(() => looks >= before + 2, { timeoutMs: 60_000, intervalMs: 2 });
}

const hourly = (name: string, date: string, hours: readonly number[], minute = '00'): string[] =>
  hours.map((hour) => `${name} ${date}T${String(hour).padStart(2, '0')}:${minute}`);

describe('timers where clocks change', () => {
  it.each<[string, string, string, string, string[]]>([
    // 02:00 is followed by 03:00 at 01:00 UTC.
    [
      'Berlin, forward',
      'Europe/Berlin',
      '2027-03-27T12:00Z',
      '2027-03-29T12:00Z',
      ['half 2027-03-28T01:00', 'half 2027-03-29T00:30'],
    ],
    // 03:00 is followed by 02:00 at 01:00 UTC.
    [
      'Berlin, back',
      'Europe/Berlin',
      '2027-10-30T12:00Z',
      '2027-11-01T12:00Z',
      ['half 2027-10-31T00:30', 'half 2027-11-01T01:30'],
    ],
    [
      'New York, forward',
      'America/New_York',
      '2027-03-13T12:00Z',
      '2027-03-15T12:00Z',
      ['half 2027-03-14T07:00', 'half 2027-03-15T06:30'],
    ],
    // 02:00 is followed by 01:00 at 06:00 UTC: 02:30 comes once.
    [
      'New York, back',
      'America/New_York',
      '2027-11-06T12:00Z',
      '2027-11-08T12:00Z',
      ['half 2027-11-07T07:30', 'half 2027-11-08T07:30'],
    ],
    // Half an hour: 02:00 is followed by 02:30 at 15:30 UTC the day before, so 02:30 is there.
    [
      'Lord Howe, forward',
      'Australia/Lord_Howe',
      '2027-10-02T12:00Z',
      '2027-10-04T12:00Z',
      ['half 2027-10-02T15:30', 'half 2027-10-03T15:30'],
    ],
    // 02:00 is followed by 01:30 at 15:00 UTC the day before.
    [
      'Lord Howe, back',
      'Australia/Lord_Howe',
      '2027-04-03T12:00Z',
      '2027-04-05T12:00Z',
      ['half 2027-04-03T16:00', 'half 2027-04-04T16:00'],
    ],
  ])('%s: fire at half past two once a day, and each hour of real time', async (_, zone, from, to, half) => {
    await start({ half: [zone, '0 30 2 * * *'], hour: [zone, '0 0 * * * *'] });
    const all = await live(from, to);
    expect(all.filter((one) => one.startsWith('half'))).toEqual(half);
    const hours = all.filter((one) => one.startsWith('hour')).map((one) => Date.parse(`${one.slice(5)}:00Z`));
    expect(hours.length).toBeGreaterThanOrEqual(47);
    const gaps = new Set(hours.slice(1).map((hour, index) => (hour - (hours[index] ?? 0)) / 60_000));
    // Where clocks move by half an hour, full hours of the wall are half an hour nearer or further once.
    expect([...gaps].filter((gap) => gap !== 60)).toEqual(
      zone === 'Australia/Lord_Howe' ? [expect.any(Number)] : [],
    );
  });

  it('fires each time that comes twice the first time only', async () => {
    await start({
      berlin: ['Europe/Berlin', '0 0,30 2 * * *'],
      york: ['America/New_York', '0 30 1 * * *'],
    });
    expect(await live('2027-10-30T22:00Z', '2027-10-31T03:00Z')).toEqual(
      ['00', '30'].flatMap((minute) => hourly('berlin', '2027-10-31', [0], minute)),
    );
    expect(fired).toHaveLength(2);
  });
});

describe('days that are rare', () => {
  it('fires on 29 February when there is one, and at the end of a year in each zone', async () => {
    await start({
      leap: ['Europe/Berlin', '0 0 12 29 2 *'],
      last: ['Europe/Berlin', '0 30 23 31 12 *'],
      first: ['Europe/Berlin', '0 0 0 1 1 *'],
      tokyo: ['Asia/Tokyo', '0 0 0 1 1 *'],
      monthEnd: ['UTC', '0 0 0 31 * *'],
    });
    expect(await live('2027-02-28T00:00Z', '2027-03-01T12:00Z')).toEqual([]);
    expect(await live('2027-12-31T06:00Z', '2028-01-01T06:00Z')).toEqual([
      'first 2027-12-31T23:00',
      'last 2027-12-31T22:30',
      'tokyo 2027-12-31T15:00',
    ]);
    expect(await live('2028-02-28T20:00Z', '2028-03-01T12:00Z')).toEqual(['leap 2028-02-29T11:00']);
  });
});
