import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { logLineOf } from './log-line.js';
import { RecentListeners } from './recent-listeners.js';

const now = new Date(0);

describe('logLineOf', () => {
  it.each([
    [0, 'trace'],
    [2, 'information'],
    [5, 'critical'],
    [6, 'information'],
  ] as const)('reads level %d as %s', (level, expected) => {
    expect(logLineOf({ level, message: 'm', logCategory: 0 }, now)).toEqual({
      loggedAt: now,
      level: expected,
      category: 'user',
      message: 'm',
    });
  });

  it('tells the runtime from the function, and leaves out metrics', () => {
    expect(logLineOf({ logCategory: 1 }, now)?.category).toBe('system');
    expect(logLineOf({ logCategory: 2 }, now)).toBeNull();
  });

  it('adds the exception unless the message holds it', () => {
    const exception = { message: 'why', stackTrace: 'Error: why\n at x' };
    expect(logLineOf({ message: 'it failed', exception }, now)?.message).toBe('it failed\nError: why\n at x');
    expect(logLineOf({ message: 'Error: why\n at x!', exception }, now)?.message).toBe('Error: why\n at x!');
    expect(logLineOf({ exception }, now)?.message).toBe('Error: why\n at x');
  });
});

describe('RecentListeners', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('knows who listened for five seconds at least, and then forgets', () => {
    const recent = new RecentListeners();
    const listener = () => undefined;
    recent.keep('a', listener);
    jest.advanceTimersByTime(9_000);
    expect(recent.find('a')).toBe(listener);
    jest.advanceTimersByTime(2_000);
    expect(recent.find('a')).toBeUndefined();
    jest.advanceTimersByTime(10_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps a bounded number', () => {
    const recent = new RecentListeners();
    for (let index = 0; index < 10_000; index += 1) recent.keep(String(index), () => undefined);
    expect(recent.find('9999')).toBeDefined();
    expect(recent.find('5000')).toBeUndefined();
    recent.clear();
    expect(jest.getTimerCount()).toBe(0);
  });
});
