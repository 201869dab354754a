import { describe, expect, it } from '@jest/globals';
import { forecastWords } from './forecast-words.js';
import type { RunForecast } from './run-forecast.js';

const NOW = new Date('2026-11-30T22:00:00Z');
const DEADLINE = new Date('2026-12-01T06:00:00Z');
const KNOWN: RunForecast = {
  p50At: new Date('2026-11-30T23:10:20Z'),
  p90At: new Date('2026-12-01T01:00:00Z'),
  unknown: null,
  deadline: 'none',
  more: null,
  leftAtWindowEnd: 0,
  isFromHistory: true,
};
const words = (forecast: Partial<RunForecast>, deadline: Date | null = null) =>
  forecastWords({ ...KNOWN, ...forecast }, deadline, NOW);

describe('forecastWords', () => {
  it('says when it is done', () => {
    expect(words({})).toBe('It is done by about 23:10 UTC, nine times in ten by 2026-12-01 01:00 UTC.');
  });

  it('says what it goes by where the past is not known', () => {
    expect(words({ isFromHistory: false })).toContain('This assumes that machines stay as they are now');
  });

  it('says what becomes of the deadline, and what would make it', () => {
    expect(words({ deadline: 'onTime', more: { count: 0, because: null } }, DEADLINE)).toContain(
      'will be met.',
    );
    expect(words({ deadline: 'atRisk', more: { count: 1, because: null } }, DEADLINE)).toMatch(
      /is at risk. 1 more machine until then would make it.$/,
    );
    expect(words({ deadline: 'late', more: { count: 4, because: null } }, DEADLINE)).toMatch(
      /Its deadline 2026-12-01T06:00:00.000Z will not be met. 4 more machines until then would make it.$/,
    );
  });

  it('says why no number of machines does', () => {
    const late = { deadline: 'late' } as const;
    expect(words({ ...late, more: { count: null, because: 'itemTooLong' } }, DEADLINE)).toContain(
      'A single item takes longer than what is left',
    );
    expect(words({ ...late, more: { count: null, because: 'deadlinePassed' } }, DEADLINE)).toMatch(
      /Its deadline is past.$/,
    );
  });

  it('says that it is not known yet, and why', () => {
    const unknown = { p50At: null, p90At: null, unknown: 'noItemTimes', deadline: 'notKnown' } as const;
    expect(words(unknown, DEADLINE)).toBe(
      'When it is done is not known yet. Too few items of this function have run yet to say how long one takes.',
    );
  });

  it('says what the window leaves undone', () => {
    expect(words({ p50At: null, p90At: null, leftAtWindowEnd: 1200 })).toBe(
      'It is not done before its window ends. About 1200 of its items are undone when its window ends.',
    );
  });
});
