import { describe, expect, it } from '@jest/globals';
import type { RpcFunctionMetadata } from '#shared/contracts/function-rpc/messages.js';
import { indexedFunctionOf } from './function-metadata.js';

const metadata: RpcFunctionMetadata = {
  name: 'hello',
  functionId: 'id',
  rawBindings: [
    '{"name":"$return","type":"http","direction":"OUT"}',
    '{"name":"req","type":"httpTrigger","direction":"IN","methods":["GET"],"authLevel":"anonymous"}',
  ],
};

describe('indexedFunctionOf', () => {
  it('reads the bindings, whatever the case of their words', () => {
    expect(indexedFunctionOf(metadata)).toEqual({
      functionId: 'id',
      definition: {
        name: 'hello',
        programmingModel: 'v4',
        bindings: [
          { name: 'req', type: 'httpTrigger', direction: 'in', methods: ['GET'], authLevel: 'anonymous' },
          { name: '$return', type: 'http', direction: 'out' },
        ],
        retry: undefined,
        disabled: false,
      },
    });
  });

  it('reads both kinds of retry policy', () => {
    const fixed = {
      retryStrategy: 1,
      maxRetryCount: 3,
      delayInterval: { seconds: 1, nanos: 500_000_000 },
    } as const;
    expect(indexedFunctionOf({ ...metadata, retryOptions: fixed }).definition.retry).toEqual({
      strategy: 'fixedDelay',
      maxRetryCount: 3,
      delayMs: 1500,
    });
    const growing = { maxRetryCount: -1, minimumInterval: { seconds: 1 }, maximumInterval: { seconds: 9 } };
    expect(indexedFunctionOf({ ...metadata, retryOptions: growing }).definition.retry).toEqual({
      strategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumDelayMs: 1000,
      maximumDelayMs: 9000,
    });
  });

  it.each([
    [{ name: '1st' }, /A function is called "1st", but a function's name begins/],
    [{ rawBindings: ['{'] }, /^A binding of function "hello" is not valid JSON/],
    [{ rawBindings: [] }, /^Function "hello": bindings must have a trigger/],
    [
      { rawBindings: ['{"type":"timerTrigger","name":"t"}'] },
      /^Function "hello": bindings\[0\]\.schedule must be/,
    ],
    [{ retryOptions: { maxRetryCount: -2 } }, /^Function "hello": retry\.maxRetryCount/],
    [{ retryOptions: { minimumInterval: { seconds: 5 } } }, /^Function "hello": retry\.minimumInterval/],
  ])('refuses %j', (change, message) => {
    expect(() => indexedFunctionOf({ ...metadata, ...change })).toThrow(message);
  });
});
