import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultsOf } from '../../domain/capacity/profiles.js';
import { weeklyHours } from '../../domain/capacity/weekly-hours.js';
import { hoursSchema } from './hours-schema.js';
import { writtenHours } from './written-hours.js';

describe('writtenHours', () => {
  it.each([
    ['always', 'always'],
    ['never', 'never'],
    [{ monday: '19:00-24:00' }, { monday: ['19:00-24:00'] }],
    [{ monday: '22:00-06:30' }, { monday: ['22:00-24:00'], tuesday: ['00:00-06:30'] }],
    [{ sunday: '22:00-06:00' }, { monday: ['00:00-06:00'], sunday: ['22:00-24:00'] }],
    [{ friday: ['18:00-20:00', '00:00-06:00'] }, { friday: ['00:00-06:00', '18:00-20:00'] }],
  ])('%j is %j', (given, written) => {
    expect(writtenHours(hoursSchema.parse(given))).toEqual(written);
  });

  it('shows nights and weekends as a person would write them', () => {
    expect(writtenHours(defaultsOf(['desktop-vacate', 'desktop-hours']).hours)).toMatchObject({
      monday: ['00:00-07:00', '19:00-24:00'],
      saturday: ['00:00-24:00'],
      sunday: ['00:00-24:00'],
    });
  });

  it('is read as the same hours again', () => {
    const span = fc.record({
      startMinute: fc.integer({ min: 0, max: 10_079 }),
      minutes: fc.integer({ min: 1, max: 10_080 }),
    });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 5 }), (spans) => {
        const hours = weeklyHours(spans);
        expect(hoursSchema.parse(writtenHours(hours))).toEqual(hours);
      }),
    );
  });
});
