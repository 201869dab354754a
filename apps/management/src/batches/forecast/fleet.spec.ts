import { describe, expect, it } from '@jest/globals';
import type { Machine } from '#shared/domain/machine.js';
import { DAY_MS } from '#shared/domain/machine-time.js';
import { fleetOf } from './fleet.js';

const NOW = Date.parse('2026-11-30T22:00:00Z');
const machine = (state: Machine['state'], slots: number, daysAgo = 0) =>
  ({ state, slots, lastSeenAt: new Date(NOW - daysAgo * DAY_MS) }) as Machine;

/** No bound but the machines' own. */
const WIDE = { placesPerSlot: 10, chunksInFlight: 1000 };

describe('fleetOf', () => {
  it('counts the places of machines that are ready, and of all that may come back', () => {
    const machines = [machine('ready', 2), machine('owner', 4), machine('offline', 6, 3)];
    expect(fleetOf(machines, NOW, WIDE)).toEqual({
      placesReady: 20,
      placesAltogether: 120,
      placesPerMachine: 20,
      machinesReady: 1,
    });
  });

  it('leaves out what is gone for good', () => {
    const machines = [machine('ready', 2), machine('revoked', 4), machine('offline', 6, 32)];
    expect(fleetOf(machines, NOW, { ...WIDE, placesPerSlot: 1 })).toMatchObject({
      placesAltogether: 2,
      placesPerMachine: 2,
    });
  });

  it('expects one slot of a machine where none is known', () => {
    expect(fleetOf([], NOW, { ...WIDE, placesPerSlot: 32 })).toEqual({
      placesReady: 0,
      placesAltogether: 0,
      placesPerMachine: 32,
      machinesReady: 0,
    });
  });

  it('has no more places than chunks that are out at once', () => {
    const narrow = { placesPerSlot: 10, chunksInFlight: 4 };
    expect(fleetOf([machine('ready', 16)], NOW, narrow)).toMatchObject({
      placesReady: 40,
      placesPerMachine: 20,
    });
    const three = [1, 2, 3].map(() => machine('ready', 16));
    expect(fleetOf(three, NOW, narrow)).toMatchObject({ placesReady: 60, placesAltogether: 60 });
  });
});
