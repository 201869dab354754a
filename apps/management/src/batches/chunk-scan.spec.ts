import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cursorAfter, itemLines, scanChunk } from './chunk-scan.js';
import type { ChunkLimits, ScannedChunk } from './chunk-scan.js';

const START = { byteOffset: 0, lineNumber: 1 };

function content(text: string, pieceBytes = 7): Readable {
  const whole = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < whole.length; at += pieceBytes) pieces.push(whole.subarray(at, at + pieceBytes));
  return Readable.from(pieces, { objectMode: false });
}

/** Every chunk of a file, read from cursor to cursor. */
async function chunksOf(text: string, limits: ChunkLimits): Promise<ScannedChunk[]> {
  const chunks: ScannedChunk[] = [];
  const whole = Buffer.from(text);
  for (let cursor = START; cursor.byteOffset < whole.length;) {
    const rest = whole.subarray(cursor.byteOffset).toString();
    const chunk = await scanChunk(content(rest), cursor, limits);
    if (!chunk) break;
    chunks.push(chunk);
    cursor = cursorAfter(chunk);
  }
  return chunks;
}

describe('scanChunk', () => {
  it('takes whole lines until it has its items', async () => {
    const chunk = await scanChunk(content('1\n22\n333\n'), START, { maxItems: 2, maxBytes: 1000 });
    expect(chunk).toEqual({ byteStart: 0, byteEnd: 5, firstLine: 1, lineCount: 2, itemCount: 2 });
  });

  it('goes on from a cursor', async () => {
    const chunk = await scanChunk(
      content('333\n4'),
      { byteOffset: 5, lineNumber: 3 },
      { maxItems: 9, maxBytes: 1000 },
    );
    expect(chunk).toEqual({ byteStart: 5, byteEnd: 10, firstLine: 3, lineCount: 2, itemCount: 2 });
  });

  it('counts blank lines as lines and leaves none behind at the end', async () => {
    const chunks = await chunksOf('1\n\n2\n \n\n', { maxItems: 2, maxBytes: 1000 });
    expect(chunks).toEqual([{ byteStart: 0, byteEnd: 8, firstLine: 1, lineCount: 5, itemCount: 2 }]);
  });

  it('stops at the most bytes', async () => {
    const chunks = await chunksOf('111\n222\n333\n', { maxItems: 9, maxBytes: 8 });
    expect(chunks.map((chunk) => chunk.itemCount)).toEqual([2, 1]);
  });

  it('makes a chunk of its own of a line that is longer than a chunk', async () => {
    const chunks = await chunksOf(`1\n${'x'.repeat(500)}\n3\n`, { maxItems: 9, maxBytes: 100 });
    expect(chunks.map((chunk) => chunk.byteEnd - chunk.byteStart)).toEqual([2, 501, 2]);
  });

  it('says that nothing follows', async () => {
    expect(await scanChunk(content(''), START, { maxItems: 9, maxBytes: 9 })).toBeNull();
  });

  it('reads no further than it must, and closes the file', async () => {
    let read = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          read += 1;
          yield Buffer.from('1\n'.repeat(100));
        }
      })(),
      { objectMode: false },
    );
    await scanChunk(endless, START, { maxItems: 1000, maxBytes: 1e9 });
    expect(endless.destroyed).toBe(true);
    expect(read).toBeLessThan(1000);
  });

  it('covers each byte and each line of a file once, whatever the limits', async () => {
    const lines = fc.array(fc.constantFrom('{}', '', ' \t', '"é"', 'x'.repeat(40)), { maxLength: 40 });
    const limits = fc.record({
      maxItems: fc.integer({ min: 1, max: 9 }),
      maxBytes: fc.integer({ min: 1, max: 90 }),
    });
    await fc.assert(
      fc.asyncProperty(lines, limits, async (texts, given) => {
        const text = texts.join('\n');
        const chunks = await chunksOf(text, given);
        let cursor = START;
        for (const chunk of chunks) {
          expect({ byteOffset: chunk.byteStart, lineNumber: chunk.firstLine }).toEqual(cursor);
          expect(chunk.itemCount).toBeLessThanOrEqual(given.maxItems);
          if (chunk.lineCount > 1)
            expect(chunk.byteEnd - chunk.byteStart).toBeLessThanOrEqual(given.maxBytes);
          cursor = cursorAfter(chunk);
        }
        expect(cursor.byteOffset).toBe(Buffer.byteLength(text));
        const items = chunks.reduce((sum, chunk) => sum + chunk.itemCount, 0);
        expect(items).toBe(texts.filter((line) => line.trim() !== '').length);
      }),
    );
  });
});

describe('itemLines', () => {
  it('numbers the lines that are items', async () => {
    expect(await itemLines(content('1\n\n3\n  \n5'), 10)).toEqual([10, 12, 14]);
  });
});
