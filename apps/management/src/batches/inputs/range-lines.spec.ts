import { describe, expect, it } from '@jest/globals';
import { rangeCount, rangeLines, type NumberRange } from './range-lines.js';

const itemsOf = (range: NumberRange): unknown[] =>
  Buffer.concat([...rangeLines(range, 1_000_000)])
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { index: number }).index);

describe('rangeLines', () => {
  it.each<[NumberRange, number[]]>([
    [{ from: 1, to: 3 }, [1, 2, 3]],
    [{ from: 5, to: 5 }, [5]],
    [{ from: 0, to: 10, step: 4 }, [0, 4, 8]],
    [{ from: 3, to: 1 }, [3, 2, 1]],
    [{ from: 10, to: 0, step: -5 }, [10, 5, 0]],
    [{ from: -1, to: 1 }, [-1, 0, 1]],
  ])('counts %j', (range, expected) => {
    expect(itemsOf(range)).toEqual(expected);
    expect(rangeCount(range, 10)).toBe(expected.length);
  });

  it('makes many pieces of many numbers, and leaves none out', () => {
    const pieces = [...rangeLines({ from: 1, to: 100_000 }, 100_000)];
    expect(pieces.length).toBeGreaterThan(10);
    expect(itemsOf({ from: 1, to: 100_000 })).toEqual(Array.from({ length: 100_000 }, (_, n) => n + 1));
  });

  it.each<[NumberRange, RegExp]>([
    [{ from: 1, to: 1_000_000_000 }, /^to: .*1000000000 items.*at most 100 \(setting maxInputItems\)/],
    [{ from: 1, to: 101 }, /at most 100/],
    [{ from: 1, to: 3, step: 0 }, /^step: must not be 0/],
    [{ from: 1, to: 3, step: -1 }, /^step: from 1 to 3 there is nothing/],
    [{ from: 0.5, to: 3 }, /^from: must be a whole number/],
    [{ from: 0, to: Infinity }, /^to: must be a whole number/],
  ])('refuses %j', (range, message) => {
    expect(() => rangeCount(range, 100)).toThrow(message);
    expect(() => rangeLines(range, 100).next()).toThrow(message);
  });
});
