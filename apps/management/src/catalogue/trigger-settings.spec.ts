import { describe, expect, it } from '@jest/globals';
import { appSettingsOf, appTimeZone, fillIn } from './trigger-settings.js';

const all = {
  '*': { NIGHTLY: '0 0 2 * * *', Zone: 'all' },
  Shop: { nightly: '0 0 3 * * *', WEBSITE_TIME_ZONE: 'Tokyo Standard Time' },
};

describe('appSettingsOf', () => {
  it('gives an app its own settings, and those for all apps', () => {
    expect([...appSettingsOf(all, 'shop')]).toEqual([
      ['nightly', '0 0 3 * * *'],
      ['zone', 'all'],
      ['website_time_zone', 'Tokyo Standard Time'],
    ]);
    expect(appSettingsOf(all, 'other').get('nightly')).toBe('0 0 2 * * *');
    expect(appSettingsOf({}, 'shop').size).toBe(0);
  });
});

describe('fillIn', () => {
  const settings = appSettingsOf({ '*': { NIGHTLY: '0 0 2 * * *', Hour: '4' } }, 'shop');

  it('fills in whole expressions and parts of them, whatever the case', () => {
    expect(fillIn('%Nightly%', settings)).toBe('0 0 2 * * *');
    expect(fillIn('0 0 %HOUR%,%hour% * * *', settings)).toBe('0 0 4,4 * * *');
    expect(fillIn('0 0 5 * * *', settings)).toBe('0 0 5 * * *');
  });

  it('names what is missing', () => {
    expect(() => fillIn('0 0 %Minute% * * *', settings)).toThrow(
      /app setting Minute,.*setting triggerSettings/,
    );
  });
});

describe('appTimeZone', () => {
  const zoneOf = (value: string): string | null => appTimeZone(new Map([['website_time_zone', value]]));

  it('takes IANA and Windows names', () => {
    expect([
      zoneOf('Europe/Berlin'),
      zoneOf('W. Europe Standard Time'),
      zoneOf(' '),
      appTimeZone(new Map()),
    ]).toEqual(['Europe/Berlin', 'Europe/Berlin', null, null]);
    expect(() => zoneOf('Berlin')).toThrow(/WEBSITE_TIME_ZONE "Berlin" must be/);
  });
});
