import { describe, expect, it } from '@jest/globals';
import { checkParameters } from './check-query.js';

describe('checkParameters', () => {
  it.each([
    'select 1',
    'select no from bills where day = @day and no > :least',
    'select \'@other\', "@x", [a@b], `:y` -- @z\n from bills /* ? */',
    "select json_extract(data, '$.a?') from bills where mail = 'a@b.de'",
  ])('takes %j', (query) => {
    expect(() => checkParameters(query, { day: '2026-11-30', least: 1 })).not.toThrow();
  });

  it.each([
    ['select no from bills where day = @other', /^query: has @other, and parameters has none/],
    ["select 'it''s @day' from bills where no = $no", /^query: has \$no,/],
    ['select no from bills where day = ?', /^query: has \?/],
  ])('refuses %j', (query, message) => {
    expect(() => checkParameters(query, { day: '2026-11-30' })).toThrow(message);
  });
});
