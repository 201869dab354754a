import { describe, expect, it } from '@jest/globals';
import { greetingOf } from '#shared/contracts/http-tunnel.js';
import { openingOf } from './opening.js';

describe('the first bytes of a connection', () => {
  it.each([
    ['', { kind: 'undecided' }],
    ['P', { kind: 'undecided' }],
    ['PRI * HTTP/2.0\r', { kind: 'undecided' }],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', { kind: 'http2' }],
    ['PRI * HTTP/3', { kind: 'unknown' }],
    ['NIGHT', { kind: 'undecided' }],
    ['NIGHTJAR-TUNNEL abc', { kind: 'undecided' }],
    [greetingOf('abc'), { kind: 'tunnel', token: 'abc', restAt: 20 }],
    [`${greetingOf('abc')}HTTP/1.1`, { kind: 'tunnel', token: 'abc', restAt: 20 }],
    [`NIGHTJAR-TUNNEL ${'x'.repeat(300)}`, { kind: 'unknown' }],
    ['GET / HTTP/1.1\r\n', { kind: 'unknown' }],
    ['\0\0\0', { kind: 'unknown' }],
  ])('%j', (text, opening) => {
    expect(openingOf(Buffer.from(text, 'latin1'))).toEqual(opening);
  });
});
