import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { parseOwnerOptions } from './owner-options.js';

const NOW = new Date(2026, 10, 18, 22, 30);
const inMinutes = (minutes: number): string => new Date(NOW.getTime() + minutes * 60_000).toISOString();

describe('parseOwnerOptions', () => {
  it('only looks without flags', () => {
    expect(parseOwnerOptions([], NOW)).toEqual({ json: false, workerFlags: [] });
  });

  it.each([
    ['30m', { until: inMinutes(30) }],
    ['1h', { until: inMinutes(60) }],
    ['2d', { until: inMinutes(2 * 24 * 60) }],
    ['tomorrow', { until: new Date(2026, 10, 19, 6).toISOString() }],
    ['never', { until: 'never' }],
    ['off', 'off'],
  ])('understands --snooze %s', (text, snooze) => {
    expect(parseOwnerOptions(['--snooze', text], NOW).snooze).toEqual(snooze);
  });

  it('hands on which worker is meant', () => {
    const flags = ['--json', '--data-dir', '/data', '--name', 'desk'];
    const workerFlags = ['--data-dir', '/data', '--name', 'desk'];
    expect(parseOwnerOptions(flags, NOW)).toEqual({ json: true, workerFlags });
  });

  it.each([
    ['--snooze', '0h'],
    ['--snooze', '367d'],
    ['--snooze', 'soon'],
    ['--snooze'],
    ['--loud'],
    ['now'],
  ])('refuses %s %s', (...flags) => {
    expect(() => parseOwnerOptions(flags, NOW)).toThrow(InvalidInputError);
  });
});
