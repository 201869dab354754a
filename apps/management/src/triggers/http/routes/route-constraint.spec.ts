import { describe, expect, it } from '@jest/globals';
import { makeConstraint } from './route-constraint.js';

const accepted: [string, string | undefined, string[]][] = [
  ['int', undefined, ['0', '-5', '+7', '2147483647', '-2147483648']],
  ['long', undefined, ['9223372036854775807', '-9223372036854775808']],
  ['bool', undefined, ['true', 'FALSE']],
  ['datetime', undefined, ['2026-11-24', '2024-02-29T23:59:59.123Z', '2026-01-01 00:00']],
  ['decimal', undefined, ['1', '1.5', '-.5', '3.']],
  ['double', undefined, ['1e10', '-1.5E-3']],
  ['float', undefined, ['1.5']],
  [
    'guid',
    undefined,
    [
      '0f8fad5b-d9cb-469f-a165-70867728950e',
      '{0F8FAD5B-D9CB-469F-A165-70867728950E}',
      '0f8fad5bd9cb469fa16570867728950e',
    ],
  ],
  ['alpha', undefined, ['abcXYZ']],
  ['length', '3', ['abc']],
  ['length', '2,3', ['ab', 'abc']],
  ['minlength', '2', ['ab']],
  ['maxlength', '2', ['ab', '']],
  ['min', '18', ['18', '99']],
  ['max', '120', ['120', '-5']],
  ['range', '18,120', ['18', '120']],
  ['regex', '^\\d{3}-\\d{2}$', ['123-45']],
  ['regex', 'ab', ['xABx']],
  ['required', undefined, ['x']],
];

const refused: [string, string | undefined, string[]][] = [
  ['int', undefined, ['', 'a', '1.5', '2147483648', '1e3', ' 1', '9'.repeat(100)]],
  ['long', undefined, ['9223372036854775808']],
  ['bool', undefined, ['1', 'yes']],
  ['datetime', undefined, ['2026-02-29', '2026-13-01', 'foo 1', '24.11.2026', '2026-11-24T25:00']],
  ['decimal', undefined, ['1e3', '.', '1,5']],
  [
    'guid',
    undefined,
    ['0f8fad5b', '{0f8fad5b-d9cb-469f-a165-70867728950e', '0f8fad5b-d9cb469fa165-70867728950e---'],
  ],
  ['alpha', undefined, ['a1', 'ä']],
  ['length', '3', ['ab', 'abcd']],
  ['minlength', '2', ['a']],
  ['min', '18', ['17', 'x']],
  ['range', '18,120', ['17', '121']],
  ['regex', '^\\d+$', ['12a']],
];

describe('makeConstraint', () => {
  it.each(accepted)('%s(%s) accepts %j', (name, args, values) => {
    const constraint = makeConstraint(name, args);
    for (const value of values) expect([value, constraint.accepts(value)]).toEqual([value, true]);
  });

  it.each(refused)('%s(%s) refuses %j', (name, args, values) => {
    const constraint = makeConstraint(name, args);
    for (const value of values) expect([value, constraint.accepts(value)]).toEqual([value, false]);
  });

  it('gives up a pattern that would take for ever', () => {
    const constraint = makeConstraint('regex', '^(a+)+$');
    const startedAt = performance.now();
    expect(constraint.accepts(`${'a'.repeat(40)}!`)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(constraint.accepts('aaaa')).toBe(true);
  });

  it('has one text for what differs only in case, but not for patterns', () => {
    expect(makeConstraint('INT', undefined).text).toBe('int');
    expect(makeConstraint('regex', '\\D').text).not.toBe(makeConstraint('regex', '\\d').text);
  });
});
