import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { EvictedError } from '../evicted-error.js';
import { Hold } from './hold.js';

const TIME = { timeoutMs: 20_000, intervalMs: 2 };
const never = new Promise<never>(() => undefined);

/** Time passes on the real clock. */
async function pass(milliseconds: number): Promise<void> {
  const endMs = performance.now() + milliseconds;
  await waitFor(() => performance.now() >= endMs, TIME);
}

describe('Hold', () => {
  it('has a clock that stands still while it is on', async () => {
    const hold = new Hold();
    hold.putOn();
    const held = hold.workMs;
    await pass(20);
    expect(hold.workMs).toBe(held);
    hold.lift();
    await waitFor(() => hold.workMs > held, TIME);
    expect(hold.workMs).toBeLessThan(performance.now() - 19);
  });

  it('calls back once the time has passed, however often it was put on and lifted meanwhile', async () => {
    const hold = new Hold();
    let calls = 0;
    hold.after(30, () => (calls += 1));
    hold.putOn();
    hold.putOn();
    await pass(60);
    expect(calls).toBe(0);
    hold.lift();
    hold.lift();
    await waitFor(() => calls > 0, TIME);
    hold.putOn();
    hold.lift();
    await pass(40);
    expect(calls).toBe(1);
  });

  it('calls back who came while it was on, and nobody who has cancelled', async () => {
    const hold = new Hold();
    const calls: string[] = [];
    hold.putOn();
    const cancel = hold.after(1, () => calls.push('cancelled'));
    hold.after(2, () => calls.push('came'));
    cancel();
    hold.lift();
    await waitFor(() => calls.length > 0, TIME);
    expect(calls).toEqual(['came']);
  });

  it('gives up the starts that are under way when it is put on, and no later ones', async () => {
    const hold = new Hold();
    const start = hold.starting(never);
    hold.putOn();
    await expect(start).rejects.toThrow(EvictedError);
    hold.lift();
    expect(await hold.starting(Promise.resolve('started'))).toBe('started');
    hold.giveUpStarts();
  });
});
