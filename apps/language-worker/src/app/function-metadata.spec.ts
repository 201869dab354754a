import { describe, expect, it } from '@jest/globals';
import { RpcRetryStrategy } from '#shared/contracts/function-rpc/messages.js';
import { toCoreMetadata, toRpcMetadata } from './function-metadata.js';

describe('what the host is told of a function', () => {
  it('has each binding twice: short, and with all of its settings', () => {
    const bindings = {
      item: { type: 'queueTrigger', direction: 'in', queueName: 'q', properties: { flag: 'false' } },
      $return: { type: 'blob', direction: 'OUT', dataType: 'binary', path: 'p' },
    };
    const metadata = toRpcMetadata({ name: 'f', bindings }, 'f', '/app/src/f.js');
    expect(metadata).toMatchObject({ name: 'f', functionId: 'f', scriptFile: 'f.js', directory: '/app/src' });
    expect(metadata.bindings).toEqual({
      item: { type: 'queueTrigger', direction: 0, dataType: 0, properties: { flag: 'false' } },
      $return: { type: 'blob', direction: 1, dataType: 2, properties: {} },
    });
    expect(metadata.rawBindings!.map((json) => JSON.parse(json) as unknown)).toEqual([
      { ...bindings.item, name: 'item' },
      { ...bindings.$return, name: '$return' },
    ]);
  });

  it('names no folder where no file is known', () => {
    const metadata = toRpcMetadata({ name: 'f', bindings: {} }, 'f', undefined);
    expect(metadata.scriptFile).toBe('unknown');
    expect(metadata).not.toHaveProperty('directory');
  });

  it('has the retry policy', () => {
    const retryOptions = { maxRetryCount: 2, retryStrategy: 'fixedDelay', delayInterval: { seconds: 3 } };
    expect(toRpcMetadata({ name: 'f', bindings: {}, retryOptions }, 'f', undefined).retryOptions).toEqual({
      maxRetryCount: 2,
      retryStrategy: RpcRetryStrategy.FixedDelay,
      delayInterval: { seconds: 3, nanos: 0 },
    });
  });
});

describe('what a programming model is told of a v3 function', () => {
  it('comes from the raw bindings', () => {
    const rawBindings = ['{"name":"req","type":"httpTrigger","direction":"IN","route":"r"}'];
    expect(toCoreMetadata('id', { name: 'f', rawBindings })).toMatchObject({
      name: 'f',
      functionId: 'id',
      bindings: { req: { type: 'httpTrigger', direction: 'in', route: 'r' } },
    });
  });

  it('comes from the map of bindings, too', () => {
    const bindings = { out: { type: 'queue', direction: 1 as const, dataType: 1 as const } };
    expect(toCoreMetadata('id', { name: 'f', bindings }).bindings).toEqual({
      out: { type: 'queue', direction: 'out', dataType: 'string' },
    });
  });
});
