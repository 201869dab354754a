import { describe, expect, it } from '@jest/globals';
import type { Binding } from '#shared/domain/function-app.js';
import type { ChannelInvocation } from '../language-worker-channel.js';
import { compileCapabilities } from '../loading/worker-capabilities.js';
import { InputMismatchError, invocationRequestOf } from './invocation-request.js';
import { compileFunction, type LoadedFunction } from './loaded-function.js';

const none = compileCapabilities({});

function functionWith(type: string, settings: Partial<Binding> = {}): LoadedFunction {
  const trigger: Binding = { name: 'item', type, direction: 'in', ...settings };
  return compileFunction('id-1', { name: 'f', programmingModel: 'v4', bindings: [trigger], disabled: false });
}

function invocation(
  input: ChannelInvocation['input'],
  more: Partial<ChannelInvocation> = {},
): ChannelInvocation {
  return { invocationId: 'i-1', functionName: 'f', input, onLog: () => undefined, ...more };
}

function dataOf(loaded: LoadedFunction, input: ChannelInvocation['input']) {
  return invocationRequestOf(loaded, invocation(input), none).inputData![0]!.data;
}

const queue = functionWith('queueTrigger');

describe('invocationRequestOf', () => {
  it('addresses the function by its id and the value by its binding', () => {
    const request = invocationRequestOf(queue, invocation({ kind: 'queue', message: 'a' }), none);
    expect(request).toMatchObject({ invocationId: 'i-1', functionId: 'id-1', inputData: [{ name: 'item' }] });
    expect(request.traceContext).toBeUndefined();
    expect(request.retryContext).toBeUndefined();
  });

  it('passes on trace and retry', () => {
    const request = invocationRequestOf(
      queue,
      invocation(
        { kind: 'queue', message: 'a' },
        {
          traceParent: '00-1-2-01',
          retry: {
            retryCount: 2,
            maxRetryCount: 5,
            lastFailure: { source: 'function', type: 'TypeError', message: 'no', stack: 'at x' },
          },
        },
      ),
      none,
    );
    expect(request.traceContext).toEqual({ traceParent: '00-1-2-01' });
    expect(request.retryContext).toEqual({
      retryCount: 2,
      maxRetryCount: 5,
      exception: { message: 'no', type: 'TypeError', stackTrace: 'at x', isUserException: true },
    });
    expect(request.triggerMetadata!['DequeueCount']).toEqual({ int: 3 });
  });

  it.each([
    ['{"a":1}', { json: '{"a":1}' }],
    [' [1]', { json: ' [1]' }],
    ['"a"', { json: '"a"' }],
    ['-1.5', { json: '-1.5' }],
    ['null', { json: 'null' }],
    ['', { string: '' }],
    ['true story', { string: 'true story' }],
    ['{not json', { string: '{not json' }],
    ['12 monkeys', { string: '12 monkeys' }],
  ])('hands over the message %j by what it is', (message, data) => {
    expect(dataOf(queue, { kind: 'queue', message })).toEqual(data);
  });

  it('hands over bytes to a trigger that asks for them', () => {
    const binary = functionWith('queueTrigger', { dataType: 'Binary' });
    expect(dataOf(binary, { kind: 'queue', message: 'ä' })).toEqual({ bytes: Buffer.from('ä') });
    expect(dataOf(binary, { kind: 'queueGroup', messages: ['a'] })).toEqual({
      collectionBytes: { bytes: [Buffer.from('a')] },
    });
  });

  it('joins a group to one array, JSON unparsed and plain text as strings', () => {
    const messages = ['{"a": 1}', 'plain "text"', '', '1,2', '[3', '4]'];
    const { json } = dataOf(functionWith('queueTrigger', { cardinality: 'MANY' }), {
      kind: 'queueGroup',
      messages,
    })!;
    expect(json!.startsWith('[{"a": 1},')).toBe(true);
    expect(JSON.parse(json!)).toEqual([{ a: 1 }, ...messages.slice(1)]);
    expect(dataOf(queue, { kind: 'queueGroup', messages: [] })).toEqual({ json: '[]' });
  });

  it('wraps one message for a trigger that takes many', () => {
    const many = functionWith('serviceBusTrigger', { cardinality: 'many' });
    expect(dataOf(many, { kind: 'queue', message: 'x' })).toEqual({ json: '["x"]' });
  });

  it("tells what Azure's queue trigger tells, and what was given instead", () => {
    const request = invocationRequestOf(
      queue,
      invocation({ kind: 'queue', message: 'a', metadata: { Id: 'mine', DequeueCount: 4, more: { x: 1 } } }),
      none,
    );
    const metadata = request.triggerMetadata!;
    expect(Object.keys(metadata).sort()).toEqual(
      [
        'DequeueCount',
        'ExpirationTime',
        'Id',
        'InsertionTime',
        'NextVisibleTime',
        'PopReceipt',
        'more',
        'sys',
      ].sort(),
    );
    expect(metadata).toMatchObject({
      Id: { string: 'mine' },
      DequeueCount: { int: 4 },
      more: { json: '{"x":1}' },
    });
    expect(new Date(JSON.parse(metadata['InsertionTime']!.json!) as string).getTime()).not.toBeNaN();
    expect(JSON.parse(metadata['sys']!.json!)).toMatchObject({ MethodName: 'f' });
  });

  it('writes a timer as Azure does', () => {
    const timer = functionWith('timerTrigger');
    const scheduleStatus = { last: 'L', next: 'N', lastUpdated: 'U' };
    const input = {
      kind: 'timer',
      timer: { schedule: { adjustForDST: true }, scheduleStatus, isPastDue: false },
    } as const;
    expect(dataOf(timer, input)!.json).toBe(
      '{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"L","Next":"N","LastUpdated":"U"},"IsPastDue":false}',
    );
    const first = { ...input, timer: { ...input.timer, scheduleStatus: null } };
    expect(dataOf(timer, first)!.json).toContain('"ScheduleStatus":null');
  });

  const request = {
    method: 'GET',
    url: 'http://h/',
    headers: { a: 'b' },
    query: { q: '1' },
    params: { id: '7' },
  };

  it('tells route parameters, headers and query of an HTTP request', () => {
    const { inputData, triggerMetadata } = invocationRequestOf(
      functionWith('httpTrigger'),
      invocation({ kind: 'http', request }),
      none,
    );
    expect(inputData![0]!.data!.http).toMatchObject({ method: 'GET', headers: { a: 'b' } });
    expect(triggerMetadata).toMatchObject({
      id: { string: '7' },
      Headers: { json: '{"a":"b"}' },
      Query: { json: '{"q":"1"}' },
      sys: expect.anything(),
    });
  });

  it('tells route parameters alone to a worker that takes the rest from the request', () => {
    const { triggerMetadata } = invocationRequestOf(
      functionWith('httpTrigger'),
      invocation({ kind: 'http', request }),
      compileCapabilities({ RpcHttpTriggerMetadataRemoved: 'true' }),
    );
    expect(triggerMetadata).toEqual({ id: { string: '7' } });
  });

  it.each(['httpTrigger', 'timerTrigger'])('refuses a message for a %s', (type) => {
    expect(() => dataOf(functionWith(type), { kind: 'queue', message: '' })).toThrow(InputMismatchError);
  });

  it('refuses an HTTP request for a queue', () => {
    expect(() => dataOf(queue, { kind: 'http', request })).toThrow(/trigger of another kind \(queue\)/);
  });
});
