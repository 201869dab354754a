import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StreamDemultiplexer } from './stream-demultiplexer.js';

function frame(stream: 1 | 2, text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

function read(pieces: readonly Buffer[]): { stdout: string; stderr: string } {
  const got = { stdout: '', stderr: '' };
  const demultiplexer = new StreamDemultiplexer((stream, data) => (got[stream] += data.toString('latin1')));
  for (const piece of pieces) demultiplexer.push(piece);
  return got;
}

describe('StreamDemultiplexer', () => {
  it('gives each stream its own, however the frames are cut', () => {
    const whole = Buffer.concat([
      frame(1, 'out'),
      frame(2, ''),
      frame(2, 'err'),
      frame(1, 'x'.repeat(300)),
      frame(2, 'or'),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const pieces = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge));
        expect(read(pieces)).toEqual({ stdout: `out${'x'.repeat(300)}`, stderr: 'error' });
      }),
    );
  });
});
