import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WindowEnd } from './window-end.js';

describe('WindowEnd', () => {
  let databaseMs: number;
  const now = (): Date => new Date(databaseMs);
  const pass = (ms: number, ofDatabase = ms): void => {
    databaseMs += ofDatabase;
    jest.advanceTimersByTime(ms);
  };
  beforeEach(() => {
    jest.useFakeTimers();
    databaseMs = 1_000_000;
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is never over where there is no window', () => {
    const end = new WindowEnd(undefined, now);
    end.open();
    pass(1e12);
    expect(end.over.aborted).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tells the moment, and nothing once it is closed', () => {
    const end = new WindowEnd(databaseMs + 100_000, now);
    const closed = new WindowEnd(databaseMs + 100_000, now);
    for (const one of [end, closed]) one.open();
    closed.close();
    pass(99_999);
    expect(end.over.aborted).toBe(false);
    pass(1);
    expect([end.over.aborted, closed.over.aborted]).toEqual([true, false]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes by the database although it learns of its time later', () => {
    const end = new WindowEnd(databaseMs + 100_000, now);
    end.open();
    // A heartbeat has told that it is later, and another that it is earlier.
    pass(30_000, 130_000);
    expect(end.over.aborted).toBe(true);
    databaseMs = 0;
    const late = new WindowEnd(40_000, now);
    late.open();
    pass(40_000, 20_000);
    expect(late.over.aborted).toBe(false);
    pass(20_000);
    expect(late.over.aborted).toBe(true);
  });

  it('is over at once where the window is', () => {
    const end = new WindowEnd(databaseMs, now);
    end.open();
    expect(end.over.aborted).toBe(true);
  });
});
