import { describe, expect, it } from '@jest/globals';
import type { Machine } from '#shared/domain/machine.js';
import { DAY_MS } from '#shared/domain/machine-time.js';
import { fleetOf } from './fleet.js';

const NOW = Date.parse('2026-11-30T22:00:00Z');
const machine = (state: Machine['state'], slots: number, daysAgo = 0) =>
  ({ state, slots, lastSeenAt: new Date(NOW - daysAgo * DAY_MS) }) as Machine;

describe('fleetOf', () => {
  it('counts the places of machines that are ready, and of all that may come back', () => {
    const machines = [machine('ready', 2), machine('owner', 4), machine('offline', 6, 3)];
    expect(fleetOf(machines, NOW, 10)).toEqual({
      placesReady: 20,
      placesAltogether: 120,
      placesPerMachine: 40,
      machinesReady: 1,
    });
  });

  it('leaves out what is gone for good', () => {
    const machines = [machine('ready', 2), machine('revoked', 4), machine('offline', 6, 32)];
    expect(fleetOf(machines, NOW, 1)).toMatchObject({ placesAltogether: 2, placesPerMachine: 2 });
  });

  it('expects one slot of a machine where none is known', () => {
    expect(fleetOf([], NOW, 32)).toEqual({
      placesReady: 0,
      placesAltogether: 0,
      placesPerMachine: 32,
      machinesReady: 0,
    });
  });
});
