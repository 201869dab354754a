import { describe, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '#shared/domain/machine-time.js';
import { historyRange, offeredPlaces, offeredShares, type OfferedHour } from './offered-places.js';

/** A Monday, 22:10 UTC. */
const NOW = Date.parse('2026-11-30T22:10:00Z');
const NEXT_HOUR = Date.parse('2026-11-30T23:00:00Z');
const FLEET = { placesAltogether: 100, placesReady: 40 };

/** @param share of the pool's time that work could have */
function hour(atMs: number, share: number, cores = 8): OfferedHour {
  const all = cores * 3600;
  return {
    at: new Date(atMs),
    offered: all * share,
    allocated: 0,
    idle: all * share,
    owner: all * (1 - share),
    down: 0,
  };
}

const placesAfter = (history: readonly OfferedHour[]) => offeredPlaces(NOW, offeredShares(history), FLEET);
const weeksAgo = (weeks: number, share: number, cores?: number) =>
  hour(NEXT_HOUR - 7 * weeks * DAY_MS, share, cores);

describe('offeredPlaces', () => {
  it('goes by the machines that are ready where nothing is known of the past', () => {
    const offered = placesAfter([]);
    expect(offered.isFromHistory).toBe(false);
    expect(offered.places.p50(NEXT_HOUR)).toBe(40);
    expect(offered.places.p90(NEXT_HOUR + 5 * HOUR_MS)).toBe(40);
  });

  it('goes by this weekday and hour in past weeks, the bad ones where it is to be sure', () => {
    const history = [0.9, 0.8, 0.7, 0.2, 0.8, 0.9].map((share, index) => weeksAgo(index + 1, share));
    const offered = placesAfter(history);
    expect(offered.isFromHistory).toBe(true);
    expect(offered.places.p50(NEXT_HOUR)).toBeCloseTo(80);
    expect(offered.places.p90(NEXT_HOUR)).toBeCloseTo(20);
  });

  it('takes this hour as it is now, whatever was in past weeks', () => {
    const history = [1, 2, 3].map((week) => hour(NEXT_HOUR - HOUR_MS - 7 * week * DAY_MS, 1));
    expect(placesAfter(history).places.p50(NEXT_HOUR - HOUR_MS)).toBe(40);
  });

  it('goes by shares, so that a fleet that has grown counts as it is', () => {
    const history = [weeksAgo(1, 0.5, 80), weeksAgo(2, 0.5, 8)];
    expect(placesAfter(history).places.p50(NEXT_HOUR)).toBeCloseTo(50);
  });

  it('goes by the same hour of other days before a second week is over', () => {
    const days = [1, 2, 3].map((day) => hour(NEXT_HOUR - day * DAY_MS, day / 10));
    expect(placesAfter(days).places.p50(NEXT_HOUR)).toBeCloseTo(20);
    expect(placesAfter(days.slice(1)).places.p50(NEXT_HOUR)).toBe(40);
  });

  it('does not take hours for the past in which no machine was known', () => {
    const empty = [1, 2, 3].map((week) => weeksAgo(week, 0, 0));
    expect(placesAfter(empty).isFromHistory).toBe(false);
  });
});

describe('historyRange', () => {
  it('is six whole weeks of hours that are over', () => {
    expect(historyRange(NOW)).toEqual({
      from: new Date('2026-10-19T22:00:00Z'),
      until: new Date('2026-11-30T22:00:00Z'),
    });
  });
});
