import { describe, expect, it } from '@jest/globals';
import { isSubMinute, latestTime, nextTime, nextTimes, parseRecurrence } from './recurrence.js';

const anchor = new Date('2026-11-30T00:00:10Z');
const frame = { timeZone: 'Europe/Berlin', anchor };
const at = (text: string): Date => new Date(text);

describe('parseRecurrence', () => {
  it('reads NCRONTAB and TimeSpans', () => {
    expect(parseRecurrence(' 0 30 2 * * * ').kind).toBe('ncrontab');
    expect(parseRecurrence('00:05:00')).toEqual({ kind: 'interval', everyMs: 300_000 });
    expect(parseRecurrence('1.06:30:00.5')).toEqual({ kind: 'interval', everyMs: 109_800_500 });
    expect(parseRecurrence('02:30')).toEqual({ kind: 'interval', everyMs: 9_000_000 });
  });

  it.each([
    ['24:00:00', /is not a TimeSpan.*a day is 1\.00:00:00/],
    ['00:60:00', /is not a TimeSpan/],
    ['-00:05:00', /is not a TimeSpan/],
    ['00:00:00', /from 00:00:01/],
    ['00:00:00.5', /from 00:00:01/],
    ['3661.00:00:00', /to 3660/],
    ['0 0 0 30 2 *', /never comes/],
    ['hourly', /has 1 fields/],
  ])('refuses "%s"', (text, why) => {
    expect(() => parseRecurrence(text)).toThrow(why);
  });

  it('tells what comes more often than once a minute', () => {
    expect(
      ['00:00:59', '00:01:00', '*/30 * * * * *', '0 * * * * *'].map((text) =>
        isSubMinute(parseRecurrence(text)),
      ),
    ).toEqual([true, false, true, false]);
  });
});

describe('intervals', () => {
  const every = parseRecurrence('00:10:00');

  it('are counted from the beginning, in real time', () => {
    expect(nextTimes(every, frame, anchor, 2)).toEqual([
      at('2026-11-30T00:10:10Z'),
      at('2026-11-30T00:20:10Z'),
    ]);
    expect(nextTime(every, frame, at('2026-11-30T00:10:09.999Z'))).toEqual(at('2026-11-30T00:10:10Z'));
    expect(nextTime(every, frame, at('2026-11-30T00:10:10Z'))).toEqual(at('2026-11-30T00:20:10Z'));
    expect(nextTime(every, frame, at('2020-01-01T00:00:00Z'))).toEqual(at('2026-11-30T00:10:10Z'));
  });

  it('know the newest that has come', () => {
    expect(latestTime(every, frame, anchor, at('2036-11-30T00:00:10Z'))).toEqual(at('2036-11-30T00:00:10Z'));
    expect(latestTime(every, frame, at('2026-11-30T00:10:10Z'), at('2026-11-30T00:20:09Z'))).toBeNull();
    expect(latestTime(every, frame, anchor, at('2026-11-30T00:05:00Z'))).toBeNull();
  });
});

describe('NCRONTAB in its zone', () => {
  it('gives what is due next, and what was last', () => {
    const daily = parseRecurrence('0 0 3 * * *');
    expect(nextTime(daily, frame, anchor)).toEqual(at('2026-11-30T02:00:00Z'));
    expect(latestTime(daily, frame, anchor, at('2026-12-02T01:00:00Z'))).toEqual(at('2026-12-01T02:00:00Z'));
  });
});
