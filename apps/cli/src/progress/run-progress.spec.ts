import { describe, expect, it } from '@jest/globals';
import type { BatchRun } from '../api-answers.js';
import { endLines, progressLine } from './run-progress.js';

const RUNNING: BatchRun = {
  runId: '0193-run',
  name: 'nightly',
  app: 'invoices',
  function: 'process',
  state: 'running',
  failure: null,
  itemsTotal: 10_000,
  itemsSucceeded: 4_990,
  itemsFailed: 10,
  itemsCancelled: 0,
  itemsPerSecond: 1_000,
  startedAt: '2026-11-24T01:00:00.000Z',
  endedAt: null,
};

const ENDED: BatchRun = {
  ...RUNNING,
  state: 'completedWithFailures',
  itemsSucceeded: 9_990,
  endedAt: '2026-11-24T01:00:10.000Z',
};

describe('progressLine', () => {
  it('shows bar, items, failures, speed and the time that is left', () => {
    const line = progressLine(RUNNING);
    expect(line).toBe(
      '████████████░░░░░░░░░░░░ 50 % · 5,000 of 10,000 items · 10 failed · 1,000 items/s · 5 s left',
    );
  });

  it('says that a run waits, without a speed', () => {
    const waiting: BatchRun = {
      ...RUNNING,
      state: 'waiting',
      itemsSucceeded: 0,
      itemsFailed: 0,
      itemsPerSecond: null,
    };
    expect(progressLine(waiting)).toMatch(/ 0 % · 0 of 10,000 items · 0 failed · waiting$/);
  });

  it('never says 100 % before the last item', () => {
    expect(progressLine({ ...RUNNING, itemsSucceeded: 9_989 })).toContain(' 99 % ');
  });

  it('does not forecast from the very first items', () => {
    expect(progressLine({ ...RUNNING, itemsSucceeded: 100, itemsPerSecond: 5 })).toMatch(/ · 5 items\/s$/);
  });

  it('has nothing left at the end', () => {
    expect(progressLine(ENDED)).toContain('100 % · 10,000 of 10,000 items · 10 failed · 1,000 items/s');
    expect(progressLine(ENDED)).not.toContain('left');
  });

  it('shows an empty run', () => {
    expect(progressLine({ ...RUNNING, itemsTotal: 0, itemsSucceeded: 0, itemsFailed: 0 })).toContain(
      '0 of 0 items',
    );
  });
});

describe('progressLine, of a run with a deadline', () => {
  const deadlineAt = '2026-11-25T06:00:00.000Z';
  const forecast = {
    state: 'late',
    p50At: null,
    recentItemsPerSecond: 500,
    moreMachines: 3,
    message: '',
  } as const;

  it('says what becomes of it, by the speed of the last minutes', () => {
    expect(progressLine({ ...RUNNING, deadlineAt, forecast })).toMatch(
      / · 500 items\/s · 10 s left · due 06:00 UTC: LATE \(3 more machines would make it\)$/,
    );
    const onTime = { ...forecast, state: 'onTime', moreMachines: 0 } as const;
    expect(progressLine({ ...RUNNING, deadlineAt, forecast: onTime })).toMatch(/ · due 06:00 UTC: in time$/);
  });

  it('says that it is not known yet', () => {
    const notKnown = { ...forecast, state: 'notKnown', moreMachines: null } as const;
    expect(progressLine({ ...RUNNING, deadlineAt, forecast: notKnown })).toMatch(
      / · due 06:00 UTC, not known yet$/,
    );
  });

  it('says nothing of one that it has not', () => {
    expect(
      progressLine({ ...RUNNING, deadlineAt: null, forecast: { ...forecast, state: 'none' } }),
    ).not.toContain('due');
  });
});

describe('endLines', () => {
  it('says how it ended, with the figures', () => {
    expect(endLines(ENDED)).toEqual([
      'Run 0193-run completed, with failures.',
      '10,000 items: 9,990 succeeded, 10 failed; 10 s at 1,000 items/s',
    ]);
  });

  it('says why a run failed, and what was cancelled', () => {
    const failure = { type: 'AppBroken', message: 'The app does not load.' };
    expect(endLines({ ...ENDED, state: 'failed', itemsCancelled: 3, failure })).toEqual([
      'Run 0193-run failed.',
      '10,000 items: 9,990 succeeded, 10 failed, 3 cancelled; 10 s at 1,000 items/s',
      'AppBroken: The app does not load.',
    ]);
  });
});
