import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { StartSlots } from './start-slots.js';

describe('StartSlots', () => {
  it('never lets more start at once, and keeps the order', async () => {
    const slots = new StartSlots(2);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const start = (number: number) => async (): Promise<number> => {
      begun.push(number);
      most = Math.max(most, (running += 1));
      await nextTurn();
      running -= 1;
      if (number === 1) throw new Error('did not start');
      return number;
    };
    const starts = [0, 1, 2, 3, 4].map((number) => slots.run(start(number)));
    expect(slots.hasFree).toBe(false);
    const ends = await Promise.allSettled(starts);
    expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true]);
    expect({ begun, most, free: slots.hasFree }).toEqual({ begun: [0, 1, 2, 3, 4], most: 2, free: true });
  });
});
