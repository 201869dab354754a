import { describe, expect, it } from '@jest/globals';
import { MachineClock } from './machine-clock.js';

describe('MachineClock', () => {
  let monotonicMs = 5_000;
  let upMs = 1_000_000;
  const clock = (): MachineClock =>
    new MachineClock(
      () => monotonicMs,
      () => upMs,
    );
  const pass = (awakeMs: number, asleepMs = 0): void => {
    monotonicMs += awakeMs;
    upMs += awakeMs + asleepMs;
  };

  it('goes like the monotonic clock while the machine is awake', () => {
    const one = clock();
    pass(50);
    expect(one.nowMs).toBe(monotonicMs);
    pass(10_000);
    expect(one.nowMs).toBe(monotonicMs);
  });

  it('counts the time asleep, each time', () => {
    const one = clock();
    const before = one.nowMs;
    pass(1_000, 3_600_000);
    expect(one.nowMs - before).toBe(3_601_000);
    pass(1_000, 60_000);
    expect(one.nowMs - before).toBe(3_662_000);
  });

  it('does not take the drift of the two clocks for sleep', () => {
    const one = clock();
    for (let looks = 0; looks < 1_000; looks += 1) {
      pass(1_000, 50);
      expect(one.nowMs).toBe(monotonicMs);
    }
  });

  it('does not take whole seconds for sleep, or count them back', () => {
    const one = clock();
    pass(1_000, 999);
    expect(one.nowMs).toBe(monotonicMs);
    pass(1_000, -999);
    expect(one.nowMs).toBe(monotonicMs);
  });

  it('goes on by itself', () => {
    const one = new MachineClock();
    const before = one.nowMs;
    expect(one.nowMs).toBeGreaterThanOrEqual(before);
  });
});
