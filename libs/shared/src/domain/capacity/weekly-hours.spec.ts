import { describe, expect, it } from '@jest/globals';
import { ALWAYS, isAlways, MINUTES_PER_WEEK, weeklyHours } from './weekly-hours.js';

const DAY = 24 * 60;
const span = (startMinute: number, minutes: number): { startMinute: number; minutes: number } => ({
  startMinute,
  minutes,
});

describe('weeklyHours', () => {
  it.each([
    ['nothing', [], []],
    ['spans out of order', [span(300, 10), span(100, 10)], [span(100, 10), span(300, 10)]],
    ['spans that touch over midnight', [span(DAY - 60, 60), span(DAY, 60)], [span(DAY - 60, 120)]],
    ['spans that overlap', [span(100, 50), span(120, 10), span(140, 40)], [span(100, 80)]],
    [
      'spans that touch over the week’s end',
      [span(0, 60), span(600, 60), span(MINUTES_PER_WEEK - 60, 60)],
      [span(600, 60), span(MINUTES_PER_WEEK - 60, 120)],
    ],
    [
      'a span past the week’s end that covers others',
      [span(30, 60), span(80, 40), span(300, 1), span(MINUTES_PER_WEEK - 10, 110)],
      [span(300, 1), span(MINUTES_PER_WEEK - 10, 130)],
    ],
  ])('brings %s into form', (_name, spans, expected) => {
    expect(weeklyHours(spans)).toEqual(expected);
  });

  it.each([
    ['seven whole days', Array.from({ length: 7 }, (_, day) => span(day * DAY, DAY))],
    ['one span that meets itself', [span(500, MINUTES_PER_WEEK)]],
    ['two that meet on both sides', [span(0, 5000), span(5000, MINUTES_PER_WEEK - 5000)]],
  ])('knows %s as always', (_name, spans) => {
    expect(isAlways(weeklyHours(spans))).toBe(true);
  });

  it('knows no hours, and all but a minute, as not always', () => {
    expect([isAlways(weeklyHours([])), isAlways(weeklyHours([span(0, MINUTES_PER_WEEK - 1)]))]).toEqual([
      false,
      false,
    ]);
    expect(isAlways(ALWAYS)).toBe(true);
  });
});
