import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { WakeableLoop } from './wakeable-loop.js';

const NEVER_MS = 3_600_000;

/** A loop whose rounds are counted and take as long as the test says. */
function countedLoop(delayMs: number, roundMs = 0) {
  const seen = { rounds: 0, atOnce: 0, mostAtOnce: 0, errors: 0 };
  const loop = new WakeableLoop(
    async () => {
      seen.rounds += 1;
      seen.atOnce += 1;
      seen.mostAtOnce = Math.max(seen.mostAtOnce, seen.atOnce);
      await sleep(roundMs);
      seen.atOnce -= 1;
      return delayMs;
    },
    () => NEVER_MS,
  );
  return { loop, seen };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2);
}

describe('WakeableLoop', () => {
  it('runs nothing before it is started', async () => {
    const { loop, seen } = countedLoop(1);
    await sleep(10);
    expect(seen.rounds).toBe(0);
    await loop.stop();
  });

  it('goes on after the delay that a round asks for', async () => {
    const { loop, seen } = countedLoop(1);
    loop.start();
    await until(() => seen.rounds >= 3);
    await loop.stop();
  });

  it('goes on at once when woken, also when that comes during a round', async () => {
    const { loop, seen } = countedLoop(NEVER_MS, 20);
    loop.start();
    await until(() => seen.atOnce === 1);
    loop.wake();
    await until(() => seen.rounds === 2 && seen.atOnce === 0);
    await sleep(5);
    loop.wake();
    await until(() => seen.rounds === 3);
    await loop.stop();
    expect(seen.mostAtOnce).toBe(1);
  });

  it('waits for the round under way when it is stopped, and begins no other', async () => {
    const { loop, seen } = countedLoop(1, 30);
    loop.start();
    await until(() => seen.atOnce === 1);
    loop.wake();
    await loop.stop();
    expect(seen).toMatchObject({ rounds: 1, atOnce: 0 });
  });

  it('asks what to do after a round that threw, and goes on', async () => {
    let rounds = 0;
    const errors: unknown[] = [];
    const loop = new WakeableLoop(
      async () => {
        rounds += 1;
        if (rounds === 1) throw new Error('no luck');
        return NEVER_MS;
      },
      (error) => {
        errors.push(error);
        return 1;
      },
    );
    loop.start();
    await until(() => rounds === 2);
    await loop.stop();
    expect(errors).toEqual([new Error('no luck')]);
  });

  it('can be stopped without having been started', async () => {
    await countedLoop(1).loop.stop();
  });
});
