import { describe, expect, it } from '@jest/globals';
import {
  emptyIdleHistory,
  expectedIdleSeconds,
  HOURS_PER_WEEK,
  noteHour,
  type IdleHistory,
} from './idle-history.js';

/** Some weeks of an owner who comes in some hours of the week. */
function weeks(count: number, ownerComes: (hourOfWeek: number) => boolean): IdleHistory {
  const history = emptyIdleHistory();
  for (let hour = 0; hour < count * HOURS_PER_WEEK; hour += 1)
    noteHour(history, hour % HOURS_PER_WEEK, !ownerComes(hour % HOURS_PER_WEEK));
  return history;
}
const officeHours = (hour: number): boolean => hour < 5 * 24 && hour % 24 >= 9 && hour % 24 < 17;
const hoursFrom = (history: IdleHistory, hour: number, seconds = 0): number =>
  expectedIdleSeconds(history, hour, seconds) / 3600;

describe('the expected idle time', () => {
  it('is little where nothing is known', () => {
    expect(hoursFrom(emptyIdleHistory(), 0)).toBeCloseTo(1, 1);
  });

  it('after some weeks in an office is nearly the time until work', () => {
    const history = weeks(8, officeHours);
    // Tuesday 20:00, until 9:00.
    expect(hoursFrom(history, 24 + 20)).toBeGreaterThan(9);
    expect(hoursFrom(history, 24 + 20)).toBeLessThan(13.5);
    // Tuesday 8:30, half an hour before.
    expect(hoursFrom(history, 24 + 8, 1800)).toBeLessThan(0.7);
    // Friday 18:00, before a weekend.
    expect(hoursFrom(history, 4 * 24 + 18)).toBeGreaterThan(24);
  });

  it('is next to nothing in hours in which the owner always comes', () => {
    expect(hoursFrom(weeks(8, officeHours), 24 + 10)).toBeLessThan(0.1);
  });

  it('lies between for an owner who comes every other week', () => {
    const history = emptyIdleHistory();
    for (let week = 0; week < 8; week += 1)
      for (let hour = 0; hour < HOURS_PER_WEEK; hour += 1)
        noteHour(history, hour, !(officeHours(hour) && week % 2 === 0));
    expect(hoursFrom(history, 24 + 10)).toBeGreaterThan(0.3);
    expect(hoursFrom(history, 24 + 10)).toBeLessThan(3);
  });

  it('learns a new habit within some weeks', () => {
    const history = weeks(20, () => true);
    for (let week = 0; week < 6; week += 1)
      for (let hour = 0; hour < HOURS_PER_WEEK; hour += 1) noteHour(history, hour, true);
    expect(hoursFrom(history, 0)).toBeGreaterThan(2);
  });

  it('is at most a week', () => {
    expect(
      hoursFrom(
        weeks(100, () => false),
        0,
      ),
    ).toBeLessThanOrEqual(HOURS_PER_WEEK);
  });
});
