import { describe, expect, it } from '@jest/globals';
import type { BatchWindow } from '../batch-definition.js';
import { compileWindow, nextWindow, windowAt, windowFor, windowLengthMs, windowOf } from './window.js';

const HOUR_MS = 3_600_000;
const night: BatchWindow = { start: '22:00', end: '06:00', timeZone: 'Europe/Berlin' };
const window = compileWindow(night);
const at = (text: string): Date => new Date(text);
const hoursOf = (rule: BatchWindow, date: string): number | null => {
  const span = windowOf(compileWindow(rule), date);
  return span && windowLengthMs(span) / HOUR_MS;
};

describe('windowAt', () => {
  it.each([
    ['2026-11-30T20:59:59Z', null],
    ['2026-11-30T21:00:00Z', '2026-11-30'],
    ['2026-12-01T04:59:59Z', '2026-11-30'],
    ['2026-12-01T05:00:00Z', null],
  ])('at %s is that of %s', (instant, date) => {
    expect(windowAt(window, at(instant))?.date ?? null).toBe(date);
  });

  it('belongs to the weekday on which it begins', () => {
    const friday = compileWindow({ ...night, weekdays: ['fri'] });
    expect(windowAt(friday, at('2026-11-28T03:00:00Z'))?.date).toBe('2026-11-27');
    expect(windowAt(friday, at('2026-11-28T23:00:00Z'))).toBeNull();
  });

  it('is always open where it begins when it ends', () => {
    const whole = compileWindow({ ...night, start: '06:00', end: '06:00' });
    expect(windowAt(whole, at('2026-11-30T05:00:00Z'))?.date).toBe('2026-11-30');
    expect(windowAt(whole, at('2026-11-30T04:59:59Z'))?.date).toBe('2026-11-29');
  });
});

describe('nextWindow', () => {
  it('is the one that begins after an instant, never the one that does at it', () => {
    expect(nextWindow(window, at('2026-11-30T20:59:59.999Z')).date).toBe('2026-11-30');
    expect(nextWindow(window, at('2026-11-30T21:00:00Z')).date).toBe('2026-12-01');
  });

  it('waits for its weekday', () => {
    const friday = compileWindow({ ...night, weekdays: ['fri'] });
    expect(nextWindow(friday, at('2026-11-27T21:00:00Z')).startsAt).toEqual(at('2026-12-04T21:00:00Z'));
  });

  it('gives what something may run in: the open one or the next', () => {
    expect(windowFor(window, at('2026-12-01T03:00:00Z')).date).toBe('2026-11-30');
    expect(windowFor(window, at('2026-12-01T05:00:00Z')).date).toBe('2026-12-01');
  });
});

describe('windows where clocks change', () => {
  it.each<[string, BatchWindow, string, number | null]>([
    ['an ordinary night', night, '2026-11-30', 8],
    ['clocks go forward in it', night, '2026-03-28', 7],
    ['clocks go back in it', night, '2026-10-24', 9],
    ['it begins in the skipped hour', { ...night, start: '02:30', end: '06:00' }, '2026-03-29', 3],
    ['it ends in the skipped hour', { ...night, end: '02:30' }, '2026-03-28', 4],
    ['it lies in the skipped hour', { ...night, start: '02:10', end: '02:50' }, '2026-03-29', null],
    ['it begins in the repeated hour', { ...night, start: '02:30', end: '06:00' }, '2026-10-25', 4.5],
    ['it ends in the repeated hour', { ...night, end: '02:30' }, '2026-10-24', 4.5],
    ['half an hour is skipped', { ...night, timeZone: 'Australia/Lord_Howe' }, '2026-10-03', 7.5],
    ['a whole day of a change', { ...night, start: '00:00', end: '00:00' }, '2026-10-25', 25],
  ])('%s', (_, rule, date, hours) => {
    expect(hoursOf(rule, date)).toBe(hours);
  });

  it('goes past a window that is not', () => {
    const skipped = compileWindow({ ...night, start: '02:10', end: '02:50', weekdays: ['sun'] });
    expect(nextWindow(skipped, at('2026-03-23T00:00:00Z')).date).toBe('2026-04-05');
  });

  it('finds windows around a day that was skipped whole', () => {
    const apia = compileWindow({ ...night, timeZone: 'Pacific/Apia' });
    expect(nextWindow(apia, at('2011-12-29T10:00:00Z')).date).toBe('2011-12-29');
    expect(windowAt(apia, at('2011-12-30T12:00:00Z'))?.startsAt).toEqual(at('2011-12-30T10:00:00Z'));
  });
});

describe('compileWindow', () => {
  it.each<[Partial<BatchWindow>, RegExp]>([
    [{ start: '24:00' }, /window\.start "24:00"/],
    [{ end: '6' }, /window\.end "6"/],
    [{ timeZone: 'Berlin' }, /window\.timeZone "Berlin"/],
    [{ weekdays: [] }, /window\.weekdays/],
  ])('refuses %j', (changes, why) => {
    expect(() => compileWindow({ ...night, ...changes })).toThrow(why);
  });
});
