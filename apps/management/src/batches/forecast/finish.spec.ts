import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOUR_MS } from '#shared/domain/machine-time.js';
import { finishOf, leftAtWindowEnd, type RunWork } from './finish.js';
import type { Likelihood } from './item-time.js';
import type { Places } from './places.js';

const NOW = 1000 * HOUR_MS;
const SECOND = { mean: 1, spread: 0, quantile: () => 1 };
const WORK: RunWork = {
  itemsLeft: 3600,
  time: SECOND,
  beginsAtMs: 0,
  windowEndsAtMs: null,
  workBefore: 0,
  workBeside: [],
  mostAtOnce: Infinity,
};
const ten: Places = () => 10;
const secondsOf = (work: Partial<RunWork>, places: Places = ten): number | null => {
  const finish = finishOf(NOW, { ...WORK, ...work }, places, 'p50');
  return finish === null ? null : Math.round((finish - NOW) / 1000);
};

describe('finishOf', () => {
  it('divides the items between the places', () => {
    expect(secondsOf({})).toBe(360);
  });

  it('is now where nothing is left', () => {
    expect(secondsOf({ itemsLeft: 0 })).toBe(0);
  });

  it('waits until the run may begin', () => {
    expect(secondsOf({ beginsAtMs: NOW + 60_000 })).toBe(420);
  });

  it('comes after all of the work before it', () => {
    expect(secondsOf({ workBefore: 7200 })).toBe(360 + 720);
  });

  it('takes turns with runs beside it until they have what they want, or as much as it has', () => {
    expect(secondsOf({ workBeside: [1800] })).toBe(360 + 180);
    expect(secondsOf({ workBeside: [1_000_000] })).toBe(2 * 360);
    expect(secondsOf({ workBeside: [1_000_000, 1800] })).toBe(2 * 360 + 180);
  });

  it('is not before its own limit lets it', () => {
    expect(secondsOf({ mostAtOnce: 2 })).toBe(1800);
    expect(secondsOf({ mostAtOnce: 2, workBefore: 7200 })).toBe(720 + 1800);
  });

  it('is not before its longest item ends', () => {
    const time = { ...SECOND, quantile: () => 5000 };
    expect(secondsOf({ time }, () => 1e6)).toBe(5000);
  });

  it('is not known where nothing is offered', () => {
    expect(secondsOf({}, () => 0)).toBeNull();
    expect(secondsOf({ workBefore: 1e12 })).toBeNull();
  });

  it('is never later with more machines, and never earlier with more items', () => {
    fc.assert(
      fc.property(
        someWork,
        somePlaces,
        fc.nat(50),
        fc.nat(5000),
        likelihoods,
        (work, places, more, items, odds) => {
          const finish = finishOf(NOW, work, places, odds) ?? Infinity;
          const withMachines = finishOf(NOW, work, (hour) => places(hour) + more, odds) ?? Infinity;
          const withItems =
            finishOf(NOW, { ...work, itemsLeft: work.itemsLeft + items }, places, odds) ?? Infinity;
          // Sums of fractions of an hour are off by fractions of a millisecond.
          expect(withMachines).toBeLessThanOrEqual(finish + 1);
          expect(withItems).toBeGreaterThanOrEqual(finish - 1);
        },
      ),
    );
  });
});

describe('leftAtWindowEnd', () => {
  const leftOf = (work: Partial<RunWork>, places: Places = ten) =>
    leftAtWindowEnd(NOW, { ...WORK, ...work }, places);

  it('is nothing without a window, or with time enough', () => {
    expect(leftOf({})).toBe(0);
    expect(leftOf({ windowEndsAtMs: NOW + 360_000 })).toBe(0);
  });

  it('is what the window leaves no time for', () => {
    expect(leftOf({ windowEndsAtMs: NOW + 60_000 })).toBe(3000);
    expect(leftOf({ windowEndsAtMs: NOW + 60_000, mostAtOnce: 1 })).toBe(3540);
    expect(leftOf({ windowEndsAtMs: NOW + 60_000, workBeside: [1e6] })).toBe(3300);
  });

  it('is all of it where others need the window, or nothing is offered', () => {
    expect(leftOf({ windowEndsAtMs: NOW + 60_000, workBefore: 1e6 })).toBe(3600);
    expect(leftOf({ windowEndsAtMs: NOW + 60_000 }, () => 0)).toBe(3600);
  });

  it('is at least the item that is too long', () => {
    const time = { ...SECOND, quantile: () => 5000 };
    expect(leftOf({ time, windowEndsAtMs: NOW + HOUR_MS })).toBe(1);
  });
});

const likelihoods = fc.constantFrom<Likelihood>('p50', 'p90');
const somePlaces = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 24 }).map(
  (hours): Places =>
    (hourMs) =>
      hours[(hourMs / HOUR_MS) % hours.length] ?? 0,
);
const someWork: fc.Arbitrary<RunWork> = fc.record({
  itemsLeft: fc.nat(20_000),
  time: fc
    .tuple(
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 9000 }),
    )
    .map(([mean, spread, most]) => ({
      mean,
      spread,
      quantile: (share: number) => Math.max(mean, most * share),
    })),
  beginsAtMs: fc.integer({ min: NOW - HOUR_MS, max: NOW + 30 * HOUR_MS }),
  windowEndsAtMs: fc.constant(null),
  workBefore: fc.nat(500_000),
  workBeside: fc.array(fc.nat(500_000), { maxLength: 4 }),
  mostAtOnce: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 60 })),
});
