import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineScanner } from './line-scanner.js';

interface Line {
  readonly end: number;
  readonly blank: boolean;
}

function scan(pieces: readonly Buffer[], limit = Infinity): Line[] {
  const lines: Line[] = [];
  const scanner = new LineScanner((end, blank) => {
    if (lines.length >= limit) return false;
    lines.push({ end, blank });
    return true;
  });
  for (const piece of pieces) if (!scanner.feed(piece)) return lines;
  scanner.end();
  return lines;
}

describe('LineScanner', () => {
  it('finds the ends of lines and of a last line without a newline', () => {
    expect(scan([Buffer.from('{}\n[1]\n2')])).toEqual([
      { end: 3, blank: false },
      { end: 7, blank: false },
      { end: 8, blank: false },
    ]);
  });

  it('finds no line after a closing newline, and none in an empty file', () => {
    expect(scan([Buffer.from('1\n')])).toHaveLength(1);
    expect(scan([])).toHaveLength(0);
    expect(scan([Buffer.alloc(0)])).toHaveLength(0);
  });

  it('says that lines of spaces, tabs and carriage returns are blank', () => {
    expect(scan([Buffer.from('\n \t\r\n1\r\n')]).map((line) => line.blank)).toEqual([true, true, false]);
  });

  it('stops before the line that its visitor refuses', () => {
    expect(scan([Buffer.from('1\n2\n3\n')], 2)).toHaveLength(2);
  });

  it('finds the same lines however the file is cut into pieces', () => {
    const text = fc.array(fc.constantFrom('\n', ' ', '{', '\r', 'é'), { maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(100), { maxLength: 6 }), (parts, cuts) => {
        const whole = Buffer.from(parts.join(''));
        const edges = [...cuts.map((cut) => Math.min(cut, whole.length)), 0, whole.length].sort(
          (a, b) => a - b,
        );
        const pieces = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge));
        expect(scan(pieces)).toEqual(scan([whole]));
        const lines = parts.join('').split('\n');
        const expected = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
        expect(scan([whole]).map((line) => line.blank)).toEqual(expected.map((line) => line.trim() === ''));
      }),
    );
  });
});
