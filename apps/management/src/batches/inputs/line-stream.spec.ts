import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { LineStream } from './line-stream.js';

const streamOf = (text: string, pieceBytes: number, maxLineBytes = 1000): LineStream => {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return new LineStream(Readable.from(pieces), 5, maxLineBytes);
};

describe('LineStream', () => {
  it.each([1, 2, 3, 100])('finds lines by number, in pieces of %d bytes', async (size) => {
    const stream = streamOf('fünf\r\n\nsieben\nacht\nneun', size);
    expect(await stream.line(5)).toEqual({ text: 'fünf', isCut: false });
    expect(await stream.line(7)).toEqual({ text: 'sieben', isCut: false });
    expect(await stream.line(9)).toEqual({ text: 'neun', isCut: false });
    expect(await stream.line(10)).toBeNull();
    expect(await stream.line(8)).toBeNull();
  });

  it('says that a line is blank, and that there is none', async () => {
    const stream = streamOf('a\n\nb\n', 3);
    expect(await stream.line(6)).toEqual({ text: '', isCut: false });
    expect(await stream.line(8)).toBeNull();
    expect(await streamOf('', 3).line(5)).toBeNull();
  });

  it('cuts a line that is too long, and goes on behind it', async () => {
    const stream = streamOf(`${'x'.repeat(100)}\nb\n`, 7, 10);
    expect(await stream.line(5)).toEqual({ text: 'x'.repeat(10), isCut: true });
    expect(await stream.line(6)).toEqual({ text: 'b', isCut: false });
  });

  it('stops reading when it is closed', () => {
    const content = Readable.from([Buffer.from('a\n')]);
    new LineStream(content, 1, 10).close();
    expect(content.destroyed).toBe(true);
  });
});
