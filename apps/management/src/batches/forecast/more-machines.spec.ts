import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOUR_MS } from '#shared/domain/machine-time.js';
import { finishOf, type RunWork } from './finish.js';
import { moreMachines, type DeadlineQuestion } from './more-machines.js';

const NOW = 1000 * HOUR_MS;
const SECOND = { mean: 1, spread: 0, quantile: () => 1 };
const WORK: RunWork = {
  itemsLeft: 36_000,
  time: SECOND,
  beginsAtMs: 0,
  windowEndsAtMs: null,
  workBefore: 0,
  workBeside: [],
  mostAtOnce: Infinity,
};
const QUESTION: DeadlineQuestion = {
  nowMs: NOW,
  deadlineMs: NOW + HOUR_MS,
  work: WORK,
  places: () => 4,
  placesPerMachine: 2,
  likelihood: 'p90',
};
const ask = (question: Partial<DeadlineQuestion>, work: Partial<RunWork> = {}) =>
  moreMachines({ ...QUESTION, ...question, work: { ...WORK, ...work } });

describe('moreMachines', () => {
  it('is none where the deadline is made anyway', () => {
    expect(ask({ places: () => 10 })).toEqual({ count: 0, because: null });
  });

  it('is the least number that makes it', () => {
    expect(ask({})).toEqual({ count: 3, because: null });
    expect(ask({ placesPerMachine: 4 })).toEqual({ count: 2, because: null });
    expect(ask({ places: () => 0 })).toEqual({ count: 5, because: null });
  });

  it.each([
    ['the deadline is past', { deadlineMs: NOW - 1 }, {}, 'deadlinePassed'],
    ['the run may not begin before', {}, { beginsAtMs: NOW + 2 * HOUR_MS }, 'beginsTooLate'],
    ['an item is longer than what is left', {}, { time: { ...SECOND, quantile: () => 3601 } }, 'itemTooLong'],
    ['its own limit holds it back', {}, { mostAtOnce: 3 }, 'limited'],
    ['nobody has so many', {}, { itemsLeft: 1e12 }, 'tooMany'],
  ])('is no number where %s', (_why, question, work, because) => {
    expect(ask(question, work)).toEqual({ count: null, because });
  });

  it('makes it with that number and not with one less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 20 }),
        (itemsLeft, placesPerMachine) => {
          const question = { ...QUESTION, placesPerMachine, work: { ...WORK, itemsLeft } };
          const { count } = moreMachines(question);
          const finishWith = (more: number) =>
            finishOf(NOW, question.work, () => 4 + more * placesPerMachine, 'p90') ?? Infinity;
          if (count === null) throw new Error('some number makes it');
          expect(finishWith(count)).toBeLessThanOrEqual(question.deadlineMs);
          if (count > 0) expect(finishWith(count - 1)).toBeGreaterThan(question.deadlineMs);
        },
      ),
    );
  });
});
