import { describe, expect, it } from '@jest/globals';
import { tableLines } from './table.js';

describe('tableLines', () => {
  it('makes columns as wide as their widest cell', () => {
    const rows = [
      ['hello', 'httpTrigger', ''],
      ['a-long-name', 'timer', 'disabled'],
    ];
    expect(tableLines(['NAME', 'TRIGGER', ''], rows)).toEqual([
      'NAME         TRIGGER',
      'hello        httpTrigger',
      'a-long-name  timer        disabled',
    ]);
  });

  it('is only a head without rows', () => {
    expect(tableLines(['A', 'B'], [])).toEqual(['A  B']);
  });
});
