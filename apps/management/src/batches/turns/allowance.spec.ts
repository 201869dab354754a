import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextAllowance, NOTHING_ALLOWED, type AllowanceFacts } from './allowance.js';

const FACTS: AllowanceFacts = {
  limits: {},
  allowed: NOTHING_ALLOWED,
  allowedByKey: 0,
  meanItemMs: null,
  itemConcurrency: 10,
  chunksInFlight: 4,
};
const key = (limit: number) => ({ name: 'erp', limit });
const out = (itemsAtOnce: number, itemsPerSecond = 0) => ({ itemsAtOnce, itemsPerSecond });

describe('nextAllowance', () => {
  it.each<[string, Partial<AllowanceFacts>, unknown]>([
    ['bounds nothing without limits', {}, {}],
    ['gives what a worker runs at once', { limits: { concurrency: { run: 25 } } }, { itemsAtOnce: 10 }],
    ['gives what is left', { limits: { concurrency: { run: 25 } }, allowed: out(20) }, { itemsAtOnce: 5 }],
    ['gives nothing when nothing is left', { limits: { concurrency: { run: 25 } }, allowed: out(25) }, 'run'],
    [
      'gives more than a worker runs at once where groups can use it',
      { limits: { concurrency: { run: 1000 } } },
      { itemsAtOnce: 250 },
    ],
    [
      'gives what others have left of a key',
      { limits: { concurrency: { key: key(25) } }, allowedByKey: 22 },
      { itemsAtOnce: 3 },
    ],
    ['waits for a key', { limits: { concurrency: { key: key(25) } }, allowedByKey: 25 }, 'key'],
    [
      'keeps to both limits',
      { limits: { concurrency: { run: 4, key: key(25) } }, allowedByKey: 22 },
      { itemsAtOnce: 3 },
    ],
    ['gives a whole rate to one chunk', { limits: { itemsPerSecond: 50 } }, { itemsPerSecond: 50 }],
    [
      'divides a rate between as many chunks as it takes to reach it',
      { limits: { itemsPerSecond: 50 }, meanItemMs: 500 },
      { itemsPerSecond: 50 / 3 },
    ],
    [
      'gives the rest of a rate',
      { limits: { itemsPerSecond: 50 }, meanItemMs: 500, allowed: out(0, 100 / 3) },
      { itemsPerSecond: 50 - 100 / 3 },
    ],
    [
      'waits for a rate that is out, and for crumbs of it',
      { limits: { itemsPerSecond: 50 }, allowed: out(0, 45) },
      'rate',
    ],
  ])('%s', (_, facts, expected) => {
    expect(nextAllowance({ ...FACTS, ...facts })).toEqual(expected);
  });

  it('never gives more than is left', () => {
    const facts = fc.record({
      run: fc.integer({ min: 1, max: 500 }),
      limit: fc.integer({ min: 1, max: 500 }),
      itemsAtOnce: fc.integer({ min: 0, max: 600 }),
      itemsPerSecond: fc.double({ min: 0, max: 200, noNaN: true }),
      allowedByKey: fc.integer({ min: 0, max: 600 }),
      rate: fc.double({ min: 0.01, max: 200, noNaN: true }),
      meanItemMs: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
    });
    fc.assert(
      fc.property(facts, ({ run, limit, rate, itemsAtOnce, itemsPerSecond, ...more }) => {
        const given = nextAllowance({
          ...FACTS,
          ...more,
          limits: { concurrency: { run, key: key(limit) }, itemsPerSecond: rate },
          allowed: { itemsAtOnce, itemsPerSecond },
        });
        if (typeof given === 'string') return;
        expect(given.itemsAtOnce! + itemsAtOnce).toBeLessThanOrEqual(run);
        expect(given.itemsAtOnce! + more.allowedByKey).toBeLessThanOrEqual(limit);
        expect(given.itemsAtOnce).toBeGreaterThanOrEqual(1);
        expect(given.itemsPerSecond).toBeGreaterThan(0);
        expect(given.itemsPerSecond! + itemsPerSecond).toBeLessThanOrEqual(rate * (1 + 1e-12));
      }),
    );
  });
});
