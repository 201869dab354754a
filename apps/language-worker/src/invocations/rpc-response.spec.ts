import { describe, expect, it } from '@jest/globals';
import { RpcStatus } from '#shared/contracts/function-rpc/messages.js';
import { toFailureResponse, toRpcResponse } from './rpc-response.js';

describe('the response to an invocation', () => {
  it('holds outputs and the return value', () => {
    const outputData = [
      { name: 'a', data: { string: 'x' } },
      { name: 'b', data: null },
    ];
    expect(toRpcResponse('i', { outputData, returnValue: { json: '1' } })).toEqual({
      invocationId: 'i',
      outputData: [
        { name: 'a', data: { string: 'x' } },
        { name: 'b', data: undefined },
      ],
      returnValue: { json: '1' },
      result: { status: RpcStatus.Success },
    });
    expect(toRpcResponse('i', { returnValue: null }).returnValue).toBeUndefined();
  });

  it('holds numbers that 64 bits can’t as doubles', () => {
    expect(toRpcResponse('i', { returnValue: { int: 1e300 } }).returnValue).toEqual({ double: 1e300 });
    expect(toRpcResponse('i', { returnValue: { int: -5 } }).returnValue).toEqual({ int: -5 });
  });

  it('holds of HTTP what the protocol knows', () => {
    const http = {
      statusCode: null,
      headers: { a: 'b' },
      cookies: [{ name: 'c', value: 'v', sameSite: 'explicitNone' }],
      body: { string: 's' },
      isRaw: true,
      method: () => {},
    };
    expect(toRpcResponse('i', { returnValue: { http } }).returnValue).toEqual({
      http: {
        statusCode: undefined,
        headers: { a: 'b' },
        cookies: [{ name: 'c', value: 'v', sameSite: 3 }],
        body: { string: 's' },
        enableContentNegotiation: false,
      },
    });
  });

  it('says what failed', () => {
    const { result } = toFailureResponse('i', new Error('why'));
    expect(result).toMatchObject({ status: RpcStatus.Failure, exception: { message: 'why' } });
  });
});
