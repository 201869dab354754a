import { describe, expect, it } from '@jest/globals';
import { HOUR_MS } from '#shared/domain/machine-time.js';
import type { RunWork } from './finish.js';
import { endedDeadline, forecastRun, type ForecastFacts } from './run-forecast.js';

const NOW = 1000 * HOUR_MS;
const MINUTE = 60_000;
const WORK: RunWork = {
  itemsLeft: 3600,
  time: { mean: 1, spread: 0, quantile: () => 1 },
  beginsAtMs: 0,
  windowEndsAtMs: null,
  workBefore: 0,
  workBeside: [],
  mostAtOnce: Infinity,
};
/** Even odds: six minutes; nine times in ten: twelve. */
const FACTS: ForecastFacts = {
  nowMs: NOW,
  deadlineAtMs: null,
  work: WORK,
  unknown: null,
  offered: { places: { p50: () => 10, p90: () => 5 }, isFromHistory: true },
  placesPerMachine: 2,
};
const nothingOffered = { places: { p50: () => 0, p90: () => 0 }, isFromHistory: false };
const forecast = (facts: Partial<ForecastFacts>, work: Partial<RunWork> = {}) =>
  forecastRun({ ...FACTS, ...facts, work: facts.work === null ? null : { ...WORK, ...work } });

describe('forecastRun', () => {
  it('says when the run is done, with even odds and nine times in ten', () => {
    expect(forecast({})).toEqual({
      p50At: new Date(NOW + 6 * MINUTE),
      p90At: new Date(NOW + 12 * MINUTE),
      unknown: null,
      deadline: 'none',
      more: null,
      leftAtWindowEnd: 0,
      isFromHistory: true,
    });
  });

  it.each([
    [12, 'onTime', 0],
    [11, 'atRisk', 1],
    [6, 'atRisk', 3],
    [5, 'late', 4],
    [1, 'late', 28],
  ])(
    'of a deadline in %s minutes says %s, and how many machines more make it',
    (minutes, deadline, count) => {
      const facts = { deadlineAtMs: NOW + minutes * MINUTE };
      expect(forecast(facts)).toMatchObject({ deadline, more: { count, because: null } });
    },
  );

  it('says that an item is longer than what is left', () => {
    const time = { ...WORK.time, quantile: () => 3600 };
    expect(forecast({ deadlineAtMs: NOW + 30 * MINUTE }, { time })).toMatchObject({
      deadline: 'late',
      more: { count: null, because: 'itemTooLong' },
    });
  });

  it('is late once the deadline is past', () => {
    expect(forecast({ deadlineAtMs: NOW - 1 })).toMatchObject({
      deadline: 'late',
      more: { count: null, because: 'deadlinePassed' },
    });
    expect(forecast({ deadlineAtMs: NOW - 1, work: null }).deadline).toBe('late');
  });

  it('names no end after that of its window, and says what is left then', () => {
    const windowEndsAtMs = NOW + 9 * MINUTE;
    expect(forecast({}, { windowEndsAtMs })).toMatchObject({
      p50At: new Date(NOW + 6 * MINUTE),
      p90At: null,
      leftAtWindowEnd: 0,
    });
    expect(forecast({ deadlineAtMs: windowEndsAtMs }, { windowEndsAtMs: NOW + 3 * MINUTE })).toMatchObject({
      p50At: null,
      p90At: null,
      deadline: 'late',
      leftAtWindowEnd: 1800,
    });
  });

  it.each(['inputNotMade', 'noItemTimes'] as const)('does not know yet: %s', (unknown) => {
    expect(forecast({ work: null, unknown, deadlineAtMs: NOW + MINUTE })).toMatchObject({
      p50At: null,
      unknown,
      deadline: 'notKnown',
      more: null,
    });
  });

  it('does not know without machines, but how many would make it', () => {
    expect(forecast({ offered: nothingOffered, deadlineAtMs: NOW + HOUR_MS })).toMatchObject({
      unknown: 'noMachines',
      deadline: 'notKnown',
      more: { count: 1, because: null },
    });
  });

  it('is late without machines where none would help', () => {
    const time = { ...WORK.time, quantile: () => 7200 };
    expect(forecast({ offered: nothingOffered, deadlineAtMs: NOW + HOUR_MS }, { time }).deadline).toBe(
      'late',
    );
  });

  it('says that it takes more than two weeks', () => {
    const facts = { deadlineAtMs: NOW + HOUR_MS };
    expect(forecast(facts, { itemsLeft: 1e9 })).toMatchObject({ unknown: 'tooFar', deadline: 'late' });
  });
});

describe('endedDeadline', () => {
  it.each([
    [null, 5, 'none'],
    [5, 5, 'onTime'],
    [5, 6, 'late'],
  ])('of %s, ended at %s: %s', (deadline, ended, state) => {
    expect(endedDeadline(deadline === null ? null : new Date(deadline), new Date(ended))).toBe(state);
  });
});
