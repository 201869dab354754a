import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunkItems } from './chunk-size.js';

const LIMITS = { chunkTargetSeconds: 30, itemConcurrency: 10, firstChunkItems: 200, maxChunkItems: 10_000 };
const MANY = { meanItemMs: null, itemsLeft: 1_000_000, machinesReady: 1 };

describe('chunkItems', () => {
  it('begins small while nothing is known of an item', () => {
    expect(chunkItems(MANY, LIMITS)).toBe(200);
  });

  it('takes about the target of work for as many items as run at once', () => {
    expect(chunkItems({ ...MANY, meanItemMs: 1000 }, LIMITS)).toBe(300);
    expect(chunkItems({ ...MANY, meanItemMs: 100 }, LIMITS)).toBe(3000);
  });

  it('takes no more than the largest chunk, however quick the items', () => {
    expect(chunkItems({ ...MANY, meanItemMs: 0.01 }, LIMITS)).toBe(10_000);
    expect(chunkItems({ ...MANY, meanItemMs: 0 }, LIMITS)).toBe(10_000);
  });

  it('takes one item at least, however slow the items', () => {
    expect(chunkItems({ ...MANY, meanItemMs: 3_600_000 }, LIMITS)).toBe(1);
  });

  it('divides what is left between the machines, so that they end together', () => {
    const quick = { meanItemMs: 1, itemsLeft: 8000 };
    expect(chunkItems({ ...quick, machinesReady: 1 }, LIMITS)).toBe(4000);
    expect(chunkItems({ ...quick, machinesReady: 4 }, LIMITS)).toBe(1000);
  });

  it('does not divide what is not worth dividing', () => {
    expect(chunkItems({ meanItemMs: 1, itemsLeft: 40, machinesReady: 8 }, LIMITS)).toBe(200);
  });

  it('divides slow items down to a second of work, so that no machine works on alone at the end', () => {
    const slow = { meanItemMs: 5000, itemsLeft: 100 };
    expect(chunkItems({ ...slow, machinesReady: 10 }, LIMITS)).toBe(5);
    expect(chunkItems({ ...slow, machinesReady: 1000 }, LIMITS)).toBe(2);
  });

  it('takes less near the end of a window, and a second of work at least', () => {
    const facts = { ...MANY, meanItemMs: 100 };
    expect(chunkItems({ ...facts, windowLeftSeconds: 3600 }, LIMITS)).toBe(3000);
    expect(chunkItems({ ...facts, windowLeftSeconds: 60 }, LIMITS)).toBe(1500);
    expect(chunkItems({ ...facts, windowLeftSeconds: 1 }, LIMITS)).toBe(100);
  });

  it('takes what may run at once, and may begin, in the time', () => {
    const facts = { ...MANY, meanItemMs: 1000 };
    expect(chunkItems({ ...facts, itemsAtOnce: 2 }, LIMITS)).toBe(60);
    expect(chunkItems({ ...facts, itemsPerSecond: 0.5 }, LIMITS)).toBe(15);
    expect(chunkItems({ ...MANY, itemsPerSecond: 2 }, LIMITS)).toBe(60);
  });

  it('counts on one machine while none is ready', () => {
    expect(chunkItems({ meanItemMs: 1, itemsLeft: 8000, machinesReady: 0 }, LIMITS)).toBe(4000);
  });

  it('keeps to its bounds for every input', () => {
    const facts = fc.record({
      meanItemMs: fc.option(fc.double({ min: 0, max: 1e8, noNaN: true })),
      itemsLeft: fc.integer({ min: 1, max: 1e9 }),
      machinesReady: fc.integer({ min: 0, max: 1000 }),
      itemsAtOnce: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
      itemsPerSecond: fc.option(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { nil: undefined }),
      windowLeftSeconds: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: undefined }),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const items = chunkItems(given, LIMITS);
        expect(Number.isInteger(items)).toBe(true);
        expect(items).toBeGreaterThanOrEqual(1);
        expect(items).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});
