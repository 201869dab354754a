import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('never runs more tasks at once than it has slots, and runs them all', async () => {
    const slots = new Slots(3);
    let running = 0;
    let most = 0;
    let done = 0;
    for (let count = 0; count < 20; count += 1) {
      await slots.run(async () => {
        running += 1;
        most = Math.max(most, running);
        await delay(1);
        running -= 1;
        done += 1;
      });
    }
    await slots.drained();
    expect({ most, done }).toEqual({ most: 3, done: 20 });
  });

  it('throws the first failure to the one who starts tasks, and waits for the others first', async () => {
    const slots = new Slots(2);
    let ended = false;
    await slots.run(async () => {
      await delay(5);
      ended = true;
    });
    await slots.run(() => Promise.reject(new Error('first')));
    await expect(slots.drained()).rejects.toThrow('first');
    expect(ended).toBe(true);
    await expect(slots.run(() => Promise.resolve())).rejects.toThrow('first');
  });
});
