import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { pickLines } from './pick-lines.js';

async function picked(text: string, wanted: readonly number[], pieceBytes = text.length): Promise<string> {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += pieceBytes)
    pieces.push(bytes.subarray(from, from + pieceBytes));
  const parts: Buffer[] = [];
  for await (const part of pickLines(Readable.from(pieces), wanted)) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('pickLines', () => {
  it.each([
    ['the first line', 'a\nb\nc\n', [1], 'a\n'],
    ['one in the middle, at its place', 'a\nb\nc\n', [2], '\nb\n'],
    ['the last line', 'a\nb\nc\n', [3], '\n\nc\n'],
    ['a last line without an end', 'a\nb\nc', [3], '\n\nc'],
    ['several', 'a\nb\nc\nd\ne\n', [1, 2, 5], 'a\nb\n\n\ne\n'],
    ['all', 'a\nb\n', [1, 2], 'a\nb\n'],
    ['none', 'a\nb\n', [], ''],
    ['lines after blank ones', '\n\n a \r\n\nb\n', [3, 5], '\n\n a \r\n\nb\n'],
    ['nothing of lines that are not there', 'a\n', [7], '\n'],
    ['text that is no JSON and no ASCII', 'ø{\n"ü\n', [2], '\n"ü\n'],
  ])('keeps %s', async (_what, text, wanted, expected) => {
    expect(await picked(text, wanted)).toBe(expected);
    for (const pieceBytes of [1, 2, 3]) expect(await picked(text, wanted, pieceBytes)).toBe(expected);
  });

  it('reads no further than the last line that is wanted', async () => {
    let given = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          given += 1;
          yield Buffer.from('line\n');
        }
      })(),
    );
    const parts: Buffer[] = [];
    for await (const part of pickLines(endless, [2, 3])) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('\nline\nline\n');
    expect(given).toBeLessThan(100);
  });
});
