import { describe, expect, it } from '@jest/globals';
import {
  encodeOpening,
  OPENING_BYTES_MAX,
  readOpening,
  streamPath,
  type StreamOpening,
} from './http-streams.js';

const HEAD: StreamOpening = { kind: 'head', status: 200, headers: [['x-ä', 'b\nc']] };

describe('the opening of a streamed response', () => {
  it.each([[HEAD], [{ kind: 'ended', state: 'failed' } as const]])(
    'is read as it was written: %j',
    (opening) => {
      const line = encodeOpening(opening);
      const bytes = Buffer.concat([line, Buffer.from('body\n')]);
      expect(readOpening(bytes)).toEqual({ kind: 'read', opening, restAt: line.length });
    },
  );

  it('is incomplete until its line ends', () => {
    const line = encodeOpening(HEAD);
    expect(readOpening(line.subarray(0, -1))).toEqual({ kind: 'incomplete' });
    expect(readOpening(Buffer.alloc(0))).toEqual({ kind: 'incomplete' });
  });

  it.each([
    ['{}\n'],
    ['no json\n'],
    ['{"kind":"head","status":100,"headers":[]}\n'],
    ['{"kind":"head","status":200,"headers":[["a"]]}\n'],
    ['{"kind":"ended","state":"queued"}\n'],
    ['x'.repeat(OPENING_BYTES_MAX)],
  ])('is refused: %#', (text) => {
    expect(readOpening(Buffer.from(text))).toEqual({ kind: 'invalid' });
  });
});

it('streamPath names the call, the part and the try', () => {
  expect(streamPath('a', 'request', 'b')).toBe('/internal/streams/a/request?try=b');
});
