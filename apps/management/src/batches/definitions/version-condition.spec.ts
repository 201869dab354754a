import { describe, expect, it } from '@jest/globals';
import { versionCondition, versionTag } from './version-condition.js';

describe('versionCondition', () => {
  it.each([
    [{}, undefined],
    [{ 'if-match': '*' }, 'any'],
    [{ 'if-match': '"3"' }, 3],
    [{ 'if-match': 'W/"12"' }, 12],
    [{ 'if-match': ' 7 ' }, 7],
    [{ 'if-match': versionTag(5) }, 5],
    [{ 'if-none-match': '*' }, 0],
  ])('of %j is %j', (headers, condition) => {
    expect(versionCondition(headers)).toBe(condition);
  });

  it.each([
    [{ 'if-match': '"0"' }, /^If-Match: /],
    [{ 'if-match': '"3", "4"' }, /^If-Match: must be \* or one version/],
    [{ 'if-match': 'abc' }, /^If-Match: /],
    [{ 'if-none-match': '"3"' }, /^If-None-Match: must be \*/],
    [{ 'if-match': '*', 'if-none-match': '*' }, /^If-Match and If-None-Match/],
  ])('does not understand %j', (headers, message) => {
    expect(() => versionCondition(headers)).toThrow(message);
  });
});
