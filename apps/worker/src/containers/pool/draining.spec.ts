import { describe, expect, it } from '@jest/globals';
import { chooseDraining, type DrainableContainer } from './draining.js';

const busy = (
  id: string,
  oldestLeaseAtMs: number,
  more: Partial<DrainableContainer> = {},
): DrainableContainer => ({
  id,
  key: id,
  shape: 's',
  memoryBytes: 100,
  isStarting: false,
  isOver: false,
  isDraining: false,
  busy: 1,
  lastUsedAtMs: 0,
  oldestLeaseAtMs,
  ...more,
});
const want = (memoryBytes: number): { memoryBytes: number } => ({ memoryBytes });

describe('chooseDraining', () => {
  it('takes the one that will be idle soonest, by what runs in it', () => {
    expect(chooseDraining([busy('long', 1), busy('brief', 9), busy('other', 5)], want(100), 300)).toBe(
      'brief',
    );
  });

  it('passes over what is too small, with what is idle anyway', () => {
    const small = busy('small', 9, { memoryBytes: 50 });
    expect(chooseDraining([small, busy('large', 1)], want(100), 150)).toBe('large');
    const idle = busy('idle', 0, { memoryBytes: 50, busy: 0, oldestLeaseAtMs: null });
    expect(chooseDraining([small, idle, busy('large', 1)], want(100), 200)).toBe('small');
  });

  it('takes nothing that is starting, ending or idle', () => {
    const idle = busy('idle', 0, { busy: 0, oldestLeaseAtMs: null });
    const starting = busy('starting', 5, { isStarting: true });
    const over = busy('over', 6, { isOver: true });
    expect(chooseDraining([idle, starting, over], want(400), 300)).toBeNull();
  });

  it('is nobody where one alone would not do', () => {
    expect(chooseDraining([busy('a', 1), busy('b', 2)], want(200), 200)).toBeNull();
  });
});
