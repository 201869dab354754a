import { describe, expect, it } from '@jest/globals';
import { courseTime, MOST_POINTS } from './course-step.js';

const START = new Date('2026-11-30T22:00:00Z');
const after = (seconds: number): string =>
  courseTime(START, new Date(START.getTime() + seconds * 1000))
    .toISOString()
    .slice(11, 19);

/** How many points a run has that goes on for so long and is looked at each 15 s. */
function pointsOf(hours: number): number {
  const times = new Set<number>();
  for (let seconds = 0; seconds <= hours * 3600; seconds += 15)
    times.add(courseTime(START, new Date(START.getTime() + seconds * 1000)).getTime());
  return times.size;
}

describe('courseTime', () => {
  it('is each 15 s at first', () => {
    expect([0, 14, 15, 44, 600].map(after)).toEqual([
      '22:00:00',
      '22:00:00',
      '22:00:15',
      '22:00:30',
      '22:10:00',
    ]);
  });

  it('is more rarely the longer the run goes on', () => {
    expect(after(3599)).toBe('22:59:30');
    expect(after(2 * 3600 + 59)).toBe('00:00:00');
  });

  it('keeps a course short, however long it is', () => {
    expect(pointsOf(0.5)).toBeGreaterThan(100);
    expect(pointsOf(8)).toBeLessThan(400);
    expect(pointsOf(24 * 7)).toBeLessThan(MOST_POINTS / 2);
  });
});
