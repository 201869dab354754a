import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventQueue } from './event-queue.js';

describe('EventQueue', () => {
  it('has the earliest moment first, whatever moments are set and changed', () => {
    const change = fc.tuple(fc.nat(19), fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Infinity)));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const queue = new EventQueue(20);
        const moments = Array.from({ length: 20 }, () => Infinity);
        for (const [thing, moment] of changes) {
          queue.set(thing, moment);
          moments[thing] = moment;
          expect(queue.momentOf(queue.first())).toBe(Math.min(...moments));
        }
      }),
      { seed: 20_261_129 },
    );
  });
});
