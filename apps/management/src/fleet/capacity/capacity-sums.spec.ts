import { describe, expect, it } from '@jest/globals';
import { mayCompute, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import { sumsOf, usedOfOffered } from './capacity-sums.js';

const part = (state: CapacityState, coreHours: number, used = 0) => ({
  state,
  coreSeconds: coreHours * 3600,
  offeredCoreSeconds: mayCompute(state) ? coreHours * 3600 : 0,
  usedCoreSeconds: used * 3600,
});

describe('sumsOf', () => {
  it.each([
    ['claimed/idle', 'allocatedCoreHours'],
    ['claimed/busy', 'allocatedCoreHours'],
    ['claimed/retiring', 'allocatedCoreHours'],
    ['drained/retiring', 'allocatedCoreHours'],
    ['unclaimed/idle', 'idleCoreHours'],
    ['owner/idle', 'ownerCoreHours'],
    ['claimed/suspended', 'ownerCoreHours'],
    ['preempting/vacating', 'ownerCoreHours'],
    ['preempting/killing', 'ownerCoreHours'],
    ['drained/idle', 'downCoreHours'],
    ['offline', 'downCoreHours'],
    ['unhealthy', 'downCoreHours'],
  ] as const)('counts %s as %s', (state, kind) => {
    const { allocatedCoreHours, idleCoreHours, ownerCoreHours, downCoreHours, offeredCoreHours } = sumsOf([
      part(state, 2),
    ]);
    const kinds = { allocatedCoreHours, idleCoreHours, ownerCoreHours, downCoreHours };
    expect(kinds).toEqual({
      allocatedCoreHours: 0,
      idleCoreHours: 0,
      ownerCoreHours: 0,
      downCoreHours: 0,
      [kind]: 2,
    });
    expect(offeredCoreHours).toBe(allocatedCoreHours + idleCoreHours);
  });

  it('adds up', () => {
    const sums = sumsOf([part('claimed/busy', 6, 3), part('unclaimed/idle', 4), part('owner/idle', 10)]);
    expect(sums).toMatchObject({ usedCoreHours: 3, offeredCoreHours: 10, ownerCoreHours: 10 });
    expect(usedOfOffered(sums)).toBe(0.3);
  });

  it('has no share of nothing', () => {
    expect(usedOfOffered(sumsOf([]))).toBeNull();
    expect(usedOfOffered(sumsOf([part('owner/idle', 1)]))).toBeNull();
  });
});
