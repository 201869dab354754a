import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineReader } from './line-reader.js';

function read(file: Buffer, pieceBytes: number, maxLineBytes = 1000) {
  const reader = new LineReader(1, maxLineBytes);
  const lines = [];
  for (let start = 0; start < file.length; start += pieceBytes) {
    lines.push(...reader.feed(file.subarray(start, start + pieceBytes)));
  }
  if (reader.hasOpenLine) lines.push(...reader.end());
  return lines;
}

describe('LineReader', () => {
  it('numbers lines from the first on, and leaves blank ones out', () => {
    const reader = new LineReader(41, 1000);
    const lines = reader.feed(Buffer.from('{"a":1}\n\n \t\r\n{"b":2}\r\n'));
    expect(lines).toEqual([
      { lineNumber: 41, text: '{"a":1}' },
      { lineNumber: 44, text: '{"b":2}\r' },
    ]);
  });

  it('leaves out a byte order mark at the beginning of the file, and only there', () => {
    const file = Buffer.from('\ufeff{"a":1}\n\ufeff{"b":2}\n');
    expect(read(file, 100).map(({ text }) => text)).toEqual(['{"a":1}', '\ufeff{"b":2}']);
  });

  it('takes what follows the last newline as a line', () => {
    expect(read(Buffer.from('1\n2'), 100).map(({ text }) => text)).toEqual(['1', '2']);
  });

  it('gives a line over the limit without its text, wherever it is cut, and goes on behind it', () => {
    const file = Buffer.from(`short\n${'é'.repeat(600)}\nbehind\n`);
    for (const pieceBytes of [1, 7, 100, 5000]) {
      expect(read(file, pieceBytes)).toEqual([
        { lineNumber: 1, text: 'short' },
        { lineNumber: 2, text: null, problem: 'tooLong' },
        { lineNumber: 3, text: 'behind' },
      ]);
    }
  });

  it('gives a line that is not UTF-8 without its text, wherever it is cut, and its neighbours whole', () => {
    const file = Buffer.concat([Buffer.from('"é"\n"'), Buffer.from([0xe9]), Buffer.from('"\n"ü"\n')]);
    for (const pieceBytes of [1, 3, 100]) {
      expect(read(file, pieceBytes)).toEqual([
        { lineNumber: 1, text: '"é"' },
        { lineNumber: 2, text: null, problem: 'notUtf8' },
        { lineNumber: 3, text: '"ü"' },
      ]);
    }
  });

  it('finds the same lines however the file is cut', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 20 }), (texts, pieceBytes) => {
        const file = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        expect(read(file, pieceBytes)).toEqual(read(file, file.length + 1));
      }),
    );
  });
});
