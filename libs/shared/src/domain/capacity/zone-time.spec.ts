import { describe, expect, it } from '@jest/globals';
import { isTimeZone, momentOf, zoneOffsetMs } from './zone-time.js';

const at = (text: string): number => Date.parse(text);

describe('zoneOffsetMs', () => {
  it.each([
    ['UTC', '2026-07-01T00:00Z', 0],
    ['Europe/Berlin', '2026-01-01T00:00Z', 60],
    ['Europe/Berlin', '2026-07-01T00:00Z', 120],
    ['America/New_York', '2026-01-01T00:00Z', -300],
    ['Asia/Kathmandu', '2026-01-01T00:00Z', 345],
    ['Australia/Lord_Howe', '2026-01-01T00:00Z', 660],
    ['Australia/Lord_Howe', '2026-07-01T00:00Z', 630],
    // Clocks there changed a minute after midnight.
    ['America/Goose_Bay', '1990-04-01T04:00:59Z', -180 - 60],
    ['America/Goose_Bay', '1990-04-01T04:01:00Z', -180],
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', 60],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 120],
  ])('is what %s has at %s', (zone, moment, minutes) => {
    expect(zoneOffsetMs(zone, at(moment))).toBe(minutes * 60_000);
  });
});

describe('momentOf', () => {
  it.each([
    ['a plain time', 'Europe/Berlin', '2026-07-01T12:00Z', 'first', '2026-07-01T10:00Z'],
    ['a time shown twice, first', 'Europe/Berlin', '2026-10-25T02:30Z', 'first', '2026-10-25T00:30Z'],
    ['a time shown twice, last', 'Europe/Berlin', '2026-10-25T02:30Z', 'last', '2026-10-25T01:30Z'],
    ['a time skipped', 'Europe/Berlin', '2026-03-29T02:30Z', 'first', '2026-03-29T01:00Z'],
    ['a time skipped', 'Europe/Berlin', '2026-03-29T02:30Z', 'last', '2026-03-29T01:00Z'],
    ['the skip itself', 'Europe/Berlin', '2026-03-29T03:00Z', 'last', '2026-03-29T01:00Z'],
    ['midnight skipped', 'Africa/Cairo', '2026-04-24T00:00Z', 'first', '2026-04-23T22:00Z'],
    ['half an hour twice', 'Australia/Lord_Howe', '2026-04-05T01:45Z', 'last', '2026-04-04T15:15Z'],
    ['west of Greenwich', 'America/New_York', '2026-11-01T01:30Z', 'last', '2026-11-01T06:30Z'],
  ] as const)('finds %s', (_name, zone, local, twice, expected) => {
    expect(new Date(momentOf(zone, at(local), twice)).toISOString()).toBe(new Date(expected).toISOString());
  });
});

describe('isTimeZone', () => {
  it('knows IANA names only', () => {
    expect(['Europe/Berlin', 'UTC', 'Europe/Atlantis', ''].map(isTimeZone)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
