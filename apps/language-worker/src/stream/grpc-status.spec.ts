import { describe, expect, it } from '@jest/globals';
import { statusOf } from './grpc-status.js';

describe('a gRPC status', () => {
  it.each([
    [{ ':status': 200 }, undefined],
    [{ 'grpc-status': '0' }, { kind: 'closed' }],
    [
      { 'grpc-status': '16', 'grpc-message': 'not%20you' },
      { kind: 'broken', reason: 'the host ended the stream with gRPC status 16 (not you)' },
    ],
    [
      { ':status': 200, 'grpc-status': '2', 'grpc-message': '100%' },
      { kind: 'broken', reason: 'the host ended the stream with gRPC status 2 (100%)' },
    ],
    [{ ':status': 404 }, { kind: 'broken', reason: 'the host answered with HTTP status 404' }],
  ])('is read from %j', (headers, end) => {
    expect(statusOf(headers)).toEqual(end);
  });
});
