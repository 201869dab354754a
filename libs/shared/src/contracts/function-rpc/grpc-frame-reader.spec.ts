import { describe, expect, it } from '@jest/globals';
import { decodeStreamingMessage, encodeFramedMessage } from './codec.js';
import { GrpcFrameError, GrpcFrameReader } from './grpc-frame-reader.js';

const frames = ['a', 'b'.repeat(300), '', 'd'].map((requestId) => encodeFramedMessage({ requestId }));
const stream = Buffer.concat(frames);

function readInPieces(pieceBytes: number): string[] {
  const reader = new GrpcFrameReader(1000);
  const found: string[] = [];
  for (let offset = 0; offset < stream.length; offset += pieceBytes) {
    reader.push(stream.subarray(offset, offset + pieceBytes), (message) => {
      found.push(decodeStreamingMessage(message).requestId!);
    });
  }
  return found;
}

describe('GrpcFrameReader', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 100, 1000])('finds the messages in pieces of %i bytes', (pieceBytes) => {
    expect(readInPieces(pieceBytes)).toEqual(['a', 'b'.repeat(300), '', 'd']);
  });

  it('refuses a message that is too long before it has arrived', () => {
    const reader = new GrpcFrameReader(10);
    expect(() => reader.push(Buffer.from([0, 0, 0, 0, 11]), () => {})).toThrow(GrpcFrameError);
  });

  it('refuses a compressed message', () => {
    const reader = new GrpcFrameReader(10);
    expect(() => reader.push(Buffer.from([1, 0, 0, 0, 1, 0]), () => {})).toThrow(GrpcFrameError);
  });
});
