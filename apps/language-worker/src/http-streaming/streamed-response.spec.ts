import { describe, expect, it } from '@jest/globals';
import { toCoreHttp } from './streamed-response.js';

describe('a streamed response', () => {
  it('keeps the function’s headers and leaves those of the connection', () => {
    const rawHeaders = [
      'X-One',
      '1',
      'Connection',
      'keep-alive',
      'Transfer-Encoding',
      'chunked',
      'x-one',
      '2',
    ];
    const more = ['Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'x-ms-invocation-id', 'i', 'constructor', 'c'];
    const answer = { status: 200, rawHeaders: [...rawHeaders, ...more], body: Buffer.from('b') };
    expect(toCoreHttp(answer)).toEqual({
      statusCode: '200',
      headers: { 'x-one': '1, 2', constructor: 'c' },
      cookies: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ],
      body: { bytes: Buffer.from('b') },
    });
  });
});
