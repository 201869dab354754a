import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { callShape } from './call-shape.js';

const SETTINGS = { itemsInFlight: 32, groupSize: 100 };

describe('callShape', () => {
  it.each([
    ['single items without limits', {}, false, { itemsPerCall: 1, callsAtOnce: 32 }],
    ['groups without limits', {}, true, { itemsPerCall: 100, callsAtOnce: 32 }],
    ['few single items', { itemsAtOnce: 5 }, false, { itemsPerCall: 1, callsAtOnce: 5 }],
    [
      'more single items than the worker runs',
      { itemsAtOnce: 50 },
      false,
      { itemsPerCall: 1, callsAtOnce: 32 },
    ],
    ['one small group', { itemsAtOnce: 50 }, true, { itemsPerCall: 50, callsAtOnce: 1 }],
    ['two groups', { itemsAtOnce: 250 }, true, { itemsPerCall: 100, callsAtOnce: 2 }],
    [
      'groups of what begins in a second',
      { itemsPerSecond: 7.5 },
      true,
      { itemsPerCall: 7, callsAtOnce: 32 },
    ],
    ['groups of one at a slow rate', { itemsPerSecond: 0.2 }, true, { itemsPerCall: 1, callsAtOnce: 32 }],
  ])('makes calls of %s', (_, job, isGrouped, expected) => {
    expect(callShape(job, isGrouped, SETTINGS)).toEqual(expected);
  });

  it('never has more items in calls than are allowed at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.boolean(), (itemsAtOnce, isGrouped) => {
        const { itemsPerCall, callsAtOnce } = callShape({ itemsAtOnce }, isGrouped, SETTINGS);
        expect(itemsPerCall * callsAtOnce).toBeLessThanOrEqual(itemsAtOnce);
        expect(Math.min(itemsPerCall, callsAtOnce)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
