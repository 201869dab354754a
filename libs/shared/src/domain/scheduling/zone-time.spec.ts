import { describe, expect, it } from '@jest/globals';
import { localIsoOf } from './zone-time.js';

describe('localIsoOf', () => {
  it.each([
    ['UTC', '2026-11-30T01:30:00+00:00'],
    ['Europe/Berlin', '2026-11-30T02:30:00+01:00'],
    ['America/St_Johns', '2026-11-29T22:00:00-03:30'],
    ['Asia/Kathmandu', '2026-11-30T07:15:00+05:45'],
  ])('in %s is %s', (zone, local) => {
    expect(localIsoOf(new Date('2026-11-30T01:30:00.700Z'), zone)).toBe(local);
  });
});
