import { describe, expect, it } from '@jest/globals';
import { HOUR_MS } from '#shared/domain/machine-time.js';
import { doneAt, workDone, type Places } from './places.js';

const fourPlaces: Places = () => 4;
/** Nothing in the first hour of 1970, four places in the second, two from then on. */
const growing: Places = (hourMs) => (hourMs === 0 ? 0 : hourMs === HOUR_MS ? 4 : 2);
const ALWAYS = { fromMs: 0, untilMs: 48 * HOUR_MS };

describe('doneAt', () => {
  it('divides the work by the places', () => {
    expect(doneAt(400, { ...ALWAYS, places: fourPlaces })).toBe(100_000);
  });

  it('is there at once where there is nothing to do', () => {
    expect(doneAt(0, { ...ALWAYS, fromMs: 5, places: () => 0 })).toBe(5);
  });

  it('waits through hours without places, and goes on in the next', () => {
    expect(doneAt(4 * 3600, { ...ALWAYS, places: growing })).toBe(2 * HOUR_MS);
    expect(doneAt(4 * 3600 + 3600, { ...ALWAYS, places: growing })).toBe(2.5 * HOUR_MS);
  });

  it('begins within an hour', () => {
    expect(doneAt(2 * 3600, { ...ALWAYS, fromMs: 1.5 * HOUR_MS, places: growing })).toBe(2 * HOUR_MS);
  });

  it('uses no more places than it may', () => {
    expect(doneAt(400, { ...ALWAYS, places: fourPlaces, most: 1 })).toBe(400_000);
    expect(doneAt(400, { ...ALWAYS, places: fourPlaces, most: 9 })).toBe(100_000);
  });

  it('gives up where nothing is offered', () => {
    expect(doneAt(1, { ...ALWAYS, places: () => 0 })).toBeNull();
    expect(doneAt(1, { ...ALWAYS, places: () => -1 })).toBeNull();
  });
});

describe('workDone', () => {
  it('adds up what the hours give', () => {
    const span = { fromMs: 0.5 * HOUR_MS, untilMs: 2.5 * HOUR_MS, places: growing };
    expect(workDone(span)).toBe(4 * 3600 + 1800 * 2);
    expect(workDone({ ...span, most: 1 })).toBe(3600 + 1800);
  });

  it('is none in no time', () => {
    expect(workDone({ fromMs: 10, untilMs: 10, places: fourPlaces })).toBe(0);
    expect(workDone({ fromMs: 10, untilMs: 5, places: fourPlaces })).toBe(0);
  });
});
