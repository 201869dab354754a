import { describe, expect, it } from '@jest/globals';
import { openingOf } from './stream-ending.js';

describe('what a client is told when nothing was answered over HTTP', () => {
  it.each([
    [
      { state: 'succeeded', output: { http: { statusCode: 204, headers: { a: 'b' } } } } as const,
      { kind: 'head', status: 204, headers: [['a', 'b']] },
    ],
    [{ state: 'succeeded', output: {} } as const, { kind: 'ended', state: 'succeeded' }],
    [{ state: 'failed' } as const, { kind: 'ended', state: 'failed' }],
    [{ state: 'timedOut' } as const, { kind: 'ended', state: 'timedOut' }],
  ])('%j', (ending, opening) => {
    expect(openingOf(ending)).toEqual(opening);
  });
});
