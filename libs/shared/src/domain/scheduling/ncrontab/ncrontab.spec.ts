import { describe, expect, it } from '@jest/globals';
import { isEveryHour, isSubMinute, parseNcrontab, reversedRanges } from './ncrontab.js';

/** The fields' values; of a long list only how many there are. */
function fieldsOf(expression: string): (number | readonly number[])[] {
  const { seconds, minutes, hours, daysOfMonth, months, daysOfWeek } = parseNcrontab(expression);
  const fields = [seconds, minutes, hours, [...daysOfMonth], [...months], [...daysOfWeek]];
  return fields.map((values) => (values.length > 12 ? values.length : values));
}

describe('parseNcrontab', () => {
  it('reads six fields, or five without the seconds', () => {
    expect(fieldsOf('1 2 3 4 5 6')).toEqual([[1], [2], [3], [4], [5], [6]]);
    expect(fieldsOf('2 3 4 5 6')).toEqual([[0], [2], [3], [4], [5], [6]]);
    expect(fieldsOf('* * * 5 5 5')).toEqual([60, 60, 24, [5], [5], [5]]);
  });

  it('reads lists, ranges and steps', () => {
    expect(fieldsOf('0,30,15 1-3 8-20/6 5/10 */4 *')).toEqual([
      [0, 15, 30],
      [1, 2, 3],
      [8, 14, 20],
      [5, 15, 25],
      [1, 5, 9],
      [0, 1, 2, 3, 4, 5, 6],
    ]);
  });

  it('reads names of months and weekdays, short and long, in any case', () => {
    expect(fieldsOf('0 0 0 * jan,December MON-fri')).toEqual([[0], [0], [0], 31, [1, 12], [1, 2, 3, 4, 5]]);
  });

  it('reads names by their first letters, the first that fits, as Azure does', () => {
    expect(fieldsOf('0 0 0 * J,Septem T-sAt')).toEqual([[0], [0], [0], 31, [1, 9], [2, 3, 4, 5, 6]]);
  });

  it('turns ranges round that run backwards, as Azure does, and says which', () => {
    expect(fieldsOf('0 0 22-20 * 5 FRI-MON')).toEqual([[0], [0], [20, 21, 22], 31, [5], [1, 2, 3, 4, 5]]);
    expect(reversedRanges('0 0 22-6/2,1-3 * * FRI-MON')).toEqual(['22-6/2', 'FRI-MON']);
    expect(reversedRanges('0 22-6 * * mon-fri')).toEqual(['22-6']);
    expect(reversedRanges('0 0 6-22 * * *')).toEqual([]);
  });

  it.each([
    ['', /is empty/],
    ['* * * *', /has 4 fields; it must have six/],
    ['* * * * * * *', /has 7 fields/],
    ['60 * * * * *', /second "60": "60" is not a value from 0 to 59/],
    ['0 * 24 * * *', /hour "24"/],
    ['0 0 0 0 * *', /day of month "0"/],
    ['0 0 0 * 13 *', /month "13": .* or a name/],
    ['0 0 0 * * 7', /day of week "7": "7" is not a value from 0 to 6/],
    ['0 0 0 ? * *', /"\?", "L", "W" and "#" are not part of NCRONTAB/],
    ['0 0 0 L * *', /not part of NCRONTAB/],
    ['0 0 0 15W * *', /not part of NCRONTAB/],
    ['0 0 0 * * 5L', /day of week "5L"/],
    ['0 0 0 * * MON#2', /day of week/],
    ['0 0 0 * * ?', /day of week/],
    ['0 0 0 * * sundays', /day of week "sundays"/],
    ['*/0 * * * * *', /the step "0"/],
    ['*/ * * * * *', /the step ""/],
    ['1/2/3 * * * * *', /a "\/" too many/],
    ['1-2-3 * * * * *', /a "-" too many/],
    ['1,,2 * * * * *', /"" is not a value/],
    ['@daily', /has 1 fields/],
  ])('refuses "%s"', (expression, why) => {
    expect(() => parseNcrontab(expression)).toThrow(why);
  });

  it('tells schedules of every second, and of every hour', () => {
    expect(isSubMinute(parseNcrontab('*/30 * * * * *'))).toBe(true);
    expect(isSubMinute(parseNcrontab('0 * * * * *'))).toBe(false);
    expect(isEveryHour(parseNcrontab('0 */5 * * * *'))).toBe(true);
    expect(isEveryHour(parseNcrontab('0 0 0-22 * * *'))).toBe(false);
  });
});
