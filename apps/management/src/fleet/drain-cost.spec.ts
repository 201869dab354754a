import { describe, expect, it } from '@jest/globals';
import type { Machine } from '#shared/domain/machine.js';
import { drainCost } from './drain-cost.js';

const now = new Date('2026-11-29T12:00:00Z');

function machine(more: Partial<Machine>): Machine {
  return {
    id: 'id',
    name: 'desk',
    os: 'linux',
    pool: 'default',
    runtime: 'docker',
    state: 'ready',
    reason: '',
    cores: 8,
    memoryBytes: 1,
    slots: 8,
    slotsBusy: 0,
    busySeconds: 0,
    attributes: null,
    capacity: null,
    lastSeenAt: now,
    labels: {},
    drain: null,
    revokedAt: null,
    ...more,
  };
}

describe('drainCost', () => {
  it.each([
    ['nothing runs', {}, 0, 0],
    ['just heard', { slotsBusy: 3, busySeconds: 90.4 }, 3, 90],
    ['8 s ago', { slotsBusy: 3, busySeconds: 90, lastSeenAt: new Date(now.getTime() - 8_000) }, 3, 114],
    [
      'an older worker',
      { slotsBusy: 2, busySeconds: null, lastSeenAt: new Date(now.getTime() - 8_000) },
      2,
      16,
    ],
    [
      'a beat from the future',
      { slotsBusy: 1, busySeconds: 5, lastSeenAt: new Date(now.getTime() + 9_000) },
      1,
      5,
    ],
    ['offline', { state: 'offline', slotsBusy: 3, busySeconds: 90 }, 0, 0],
  ] as const)('%s', (_what, more, workUnderWay, badputSeconds) => {
    expect(drainCost(machine(more), now)).toEqual({ workUnderWay, badputSeconds });
  });
});
