import { describe, expect, it } from '@jest/globals';
import { isTimeZone } from '../capacity/zone-time.js';
import { WINDOWS_ZONES } from './windows-zones.js';
import { ianaZoneOf } from './zone-names.js';

describe('ianaZoneOf', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    [' UTC ', 'UTC'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['eastern standard time', 'America/New_York'],
    ['UTC-11', 'Etc/GMT+11'],
    ['Berlin', null],
    ['+02:00', null],
    ['', null],
  ])('of "%s" is %s', (name, iana) => {
    expect(ianaZoneOf(name)).toBe(iana);
  });

  it('names zones that the tables know, each once', () => {
    expect(WINDOWS_ZONES.filter(([, iana]) => !isTimeZone(iana))).toEqual([]);
    expect(new Set(WINDOWS_ZONES.map(([windows]) => windows)).size).toBe(WINDOWS_ZONES.length);
  });
});
