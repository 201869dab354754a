import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineSplitter, MAX_LINE_BYTES } from './line-splitter.js';

function split(pieces: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((text) => lines.push(text));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('gives the lines without their ends, and a last line that has none', () => {
    expect(split([Buffer.from('one\r\n\ntwo\nthree')])).toEqual(['one', '', 'two', 'three']);
  });

  it('gives the same lines however the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'é', '🦉', '\n', '\r\n')),
        fc.array(fc.nat(60)),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''));
          const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
          const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
          expect(split(pieces)).toEqual(split([bytes]));
        },
      ),
    );
  });

  it('cuts a line that is too long, and goes on with the next', () => {
    const long = Buffer.alloc(MAX_LINE_BYTES, 'x');
    expect(split([long])).toEqual(['x'.repeat(MAX_LINE_BYTES)]);
    expect(split([long, long, Buffer.from('y\nnext')])).toEqual([`${'x'.repeat(MAX_LINE_BYTES)}…`, 'next']);
  });

  it('cuts no character in two', () => {
    const [line] = split([Buffer.from(`x${'é'.repeat(MAX_LINE_BYTES)}`)]);
    expect(line).toBe(`x${'é'.repeat(MAX_LINE_BYTES / 2 - 1)}…`);
  });
});
