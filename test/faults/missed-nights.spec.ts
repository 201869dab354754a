import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MisfirePolicy, OverlapPolicy } from '#shared/domain/batch-definition.js';
import { decideDue, type DueStart, settledUntil } from '#shared/domain/scheduling/misfire.js';
import { decideOverlap, nextToBegin, overlapPolicyFor } from '#shared/domain/scheduling/overlap.js';
import { compilePlan, type SchedulePlan } from '#shared/domain/scheduling/schedule-plan.js';
import { compileWindow, windowAt } from '#shared/domain/scheduling/window.js';
import { Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { SchedulingWorld } from '../support/scheduling.js';

/**
 * Fault 18, the decisions: management is down over three nights. A week of a nightly batch is lived through half an hour at a time, with
 * the decisions that the scheduler goes by; runs take two hours, and none begins while another goes on.
 */
const NIGHT = { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' };
const window = compileWindow(NIGHT);
const STEP_MS = 1_800_000;
const RUN_MS = 4 * STEP_MS;

interface LivedRun {
  readonly id: string;
  readonly start: DueStart;
  begunAt: Date | null;
  endsAt: Date | null;
}

interface Week {
  readonly runs: readonly LivedRun[];
  readonly skipped: readonly string[];
}

interface Life {
  readonly misfire: MisfirePolicy;
  readonly overlap?: OverlapPolicy;
  readonly catchUpSeconds?: number;
  /** When management is down: from the afternoon before the first missed night. */
  readonly back: string;
}

function live({ misfire, overlap = 'skip', catchUpSeconds, back }: Life): Week {
  const activeSince = new Date('2027-03-23T12:00:00Z');
  const plan = compilePlan({ window: NIGHT }, activeSince) as SchedulePlan;
  const runs: LivedRun[] = [];
  const skipped: string[] = [];
  let lastPlannedAt: Date | null = null;
  const down = { from: new Date('2027-03-25T15:00:00Z'), until: new Date(back) };
  for (
    let now = activeSince;
    now < new Date('2027-03-31T15:00:00Z');
    now = new Date(now.getTime() + STEP_MS)
  ) {
    if (now >= down.from && now < down.until) continue;
    const due = decideDue({
      plan,
      misfire,
      catchUpSeconds,
      settledUntil: settledUntil({ activeSince, lastPlannedAt }),
      isPaused: false,
      now,
    });
    lastPlannedAt = due.settledUntil ?? lastPlannedAt;
    skipped.push(...due.skipped.map(({ occurrence, reason }) => `${occurrence.businessDate} ${reason}`));
    for (const start of due.starts) accept(start, now);
    beginNext(now);
  }
  return { runs, skipped };

  function accept(start: DueStart, now: Date): void {
    const decision = decideOverlap(overlapPolicyFor(overlap, start.cause), openRuns(now));
    if (decision.action === 'skip') skipped.push(`${start.occurrence.businessDate} overlap`);
    else runs.push({ id: String(runs.length), start, begunAt: null, endsAt: null });
  }

  function beginNext(now: Date): void {
    const id = nextToBegin(openRuns(now));
    const run = runs.find((one) => one.id === id);
    if (!run || now < run.start.notBefore || !windowAt(window, now)) return;
    run.begunAt = now;
    run.endsAt = new Date(now.getTime() + RUN_MS);
  }

  function openRuns(now: Date): { id: string; hasBegun: boolean }[] {
    return runs
      .filter(({ endsAt }) => endsAt === null || endsAt > now)
      .map(({ id, begunAt }) => ({ id, hasBegun: begunAt !== null }));
  }
}

/** The business day of a run, why it was made, and when it began, local in March: `26 catchUp 28T22:00`. */
const told = ({ runs }: Week): string[] =>
  runs.map(({ start, begunAt }) => {
    const offset = begunAt && begunAt >= new Date('2027-03-28T01:00:00Z') ? 2 : 1;
    const local = begunAt && new Date(begunAt.getTime() + offset * 3_600_000).toISOString().slice(8, 16);
    return `${start.occurrence.businessDate.slice(8)} ${start.cause} ${local}`;
  });

const BEFORE = ['23 schedule 23T22:00', '24 schedule 24T22:00'];
const AFTER = ['29 schedule 29T22:00', '30 schedule 30T22:00'];
/** The nights of the 25th to the 27th are missed; clocks change in the last of them. */
const AT_NOON = '2027-03-28T10:00:00Z';
const IN_THE_LAST_NIGHT = '2027-03-28T00:30:00Z';

describe('management down over three nights', () => {
  it.each<[MisfirePolicy, string[], string[]]>([
    ['skip', ['28 schedule 28T22:00'], ['25 misfire', '26 misfire', '27 misfire']],
    ['runOnce', ['27 catchUp 28T22:00', '28 schedule 29T00:00'], ['25 misfire', '26 misfire']],
    [
      'runAll',
      ['25 catchUp 28T22:00', '26 catchUp 29T00:00', '27 catchUp 29T02:00', '28 schedule 29T04:00'],
      [],
    ],
  ])('and back by day: %s', (misfire, between, skipped) => {
    const week = live({ misfire, overlap: 'bufferAll', back: AT_NOON });
    expect(told(week)).toEqual([...BEFORE, ...between, ...AFTER]);
    expect(week.skipped.map((one) => one.slice(8))).toEqual(skipped);
    expectInWindowsOnceEach(week);
  });

  it.each<[MisfirePolicy, string[], string[]]>([
    ['skip', ['27 schedule 28T01:30'], ['25 misfire', '26 misfire']],
    ['runOnce', ['26 catchUp 28T01:30', '27 schedule 28T04:30'], ['25 misfire']],
    // What does not begin before the window closes waits for the next one.
    ['runAll', ['25 catchUp 28T01:30', '26 catchUp 28T04:30', '27 schedule 28T22:00'], []],
  ])('and back within the third: %s', (misfire, between, skipped) => {
    const week = live({ misfire, overlap: 'bufferAll', back: IN_THE_LAST_NIGHT });
    expect(told(week).slice(2, 2 + between.length)).toEqual(between);
    expect(week.skipped.map((one) => one.slice(8))).toEqual(skipped);
    expectInWindowsOnceEach(week);
  });

  it('makes up for those alone that can begin within catchUpSeconds', () => {
    const week = live({ misfire: 'runAll', overlap: 'bufferAll', catchUpSeconds: 60 * 3600, back: AT_NOON });
    expect(told(week).slice(2, 4)).toEqual(['26 catchUp 28T22:00', '27 catchUp 29T00:00']);
    expect(week.skipped).toEqual(['2027-03-25 tooLate']);
  });

  it('loses nothing that is made up for, under the policy skip', () => {
    const week = live({ misfire: 'runAll', overlap: 'skip', back: AT_NOON });
    expect(told(week).filter((run) => run.includes('catchUp'))).toHaveLength(3);
    expect(week.skipped).toEqual(['2027-03-28 overlap']);
    expectInWindowsOnceEach(week);
  });
});

/** The same with the scheduler and its database, by a clock that is set: management looks at noon after the third missed night. */
describe('a scheduler that was down over three nights', () => {
  let world: SchedulingWorld;
  beforeEach(async () => {
    Logger.overrideLogger(false);
    world = await SchedulingWorld.open();
  });
  afterEach(() => world.stores.dispose());

  async function live(
    misfire: MisfirePolicy,
    more: object = {},
  ): Promise<{ runs: string[]; skipped: string[] }> {
    const batch = await world.define('bills', { window: NIGHT, misfire, ...more }, '2027-03-23T12:00:00Z');
    const finishAll = async (): Promise<void> => {
      for (const run of await world.runs(batch)) if (run.state === 'waiting') await world.finish(run);
    };
    for (const evening of ['2027-03-23T21:00:00Z', '2027-03-24T21:00:00Z']) {
      await world.at(evening);
      await finishAll();
    }
    await world.at(AT_NOON);
    expect((await world.runs(batch)).filter(({ state }) => state === 'waiting')).toEqual([]);
    // Of what is made up for one begins after the other, all in the window's night.
    for (const minute of ['00', '01', '02', '03', '04']) {
      await world.at(`2027-03-28T20:${minute}:00Z`);
      await finishAll();
    }
    const tell = ({ businessDate, cause, state, notBefore }: BatchRun): string =>
      `${businessDate?.slice(8)} ${cause} ${state} ${notBefore?.toISOString().slice(8, 16)}`;
    const skipped = await world.skipped(batch);
    return { runs: (await world.runs(batch)).map(tell), skipped: skipped.map((one) => one.slice(8, 10)) };
  }

  const BEFORE_IT = ['23 schedule succeeded 23T21:00', '24 schedule succeeded 24T21:00'];
  it.each<[MisfirePolicy, string[], string[]]>([
    ['skip', ['28 schedule succeeded 28T20:00'], ['25', '26', '27']],
    ['runOnce', ['27 catchUp succeeded 28T20:00', '28 schedule succeeded 28T20:00'], ['25', '26']],
    [
      'runAll',
      [
        '25 catchUp succeeded 28T20:00',
        '26 catchUp succeeded 28T20:00',
        '27 catchUp succeeded 28T20:00',
        '28 schedule succeeded 28T20:00',
      ],
      [],
    ],
  ])('%s', async (misfire, made, skipped) => {
    expect(await live(misfire, { overlap: 'bufferAll' })).toEqual({ runs: [...BEFORE_IT, ...made], skipped });
  });

  it('makes up for those alone that can begin within catchUpSeconds', async () => {
    const { runs, skipped } = await live('runAll', { overlap: 'bufferAll', catchUpSeconds: 60 * 3600 });
    expect(runs.slice(2, 4)).toEqual(['26 catchUp succeeded 28T20:00', '27 catchUp succeeded 28T20:00']);
    expect(skipped).toEqual(['25']);
  });
});

function expectInWindowsOnceEach({ runs, skipped }: Week): void {
  for (const { begunAt } of runs) expect(begunAt && windowAt(window, begunAt)).not.toBeNull();
  const days = [
    ...runs.map(({ start }) => start.occurrence.businessDate),
    ...skipped.map((one) => one.slice(0, 10)),
  ];
  const all = ['23', '24', '25', '26', '27', '28', '29', '30'].map((day) => `2027-03-${day}`);
  expect(days.toSorted()).toEqual(all);
}
