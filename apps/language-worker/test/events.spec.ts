import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  RpcLogCategory,
  RpcLogLevel,
  RpcRetryStrategy,
  RpcStatus,
} from '#shared/contracts/function-rpc/messages.js';
import type { TestWorker } from './support/test-worker.js';
import { v4App } from './support/v4-app.js';
import { withHost } from './support/with-host.js';

const fixture = withHost();
let worker: TestWorker;

beforeAll(async () => {
  worker = await fixture.host.startWorker();
  await worker.initialize(await fixture.folders.write(v4App));
  await worker.describeFunctions();
}, 60_000);

describe('functions of the v4 model', () => {
  it('are described with their bindings, files and retry policies', async () => {
    const { functionMetadataResults, useDefaultMetadataIndexing } = await worker.describeFunctions();
    expect(useDefaultMetadataIndexing).toBe(false);
    const queued = functionMetadataResults!.find(({ name }) => name === 'queued')!;
    expect(queued).toMatchObject({ functionId: 'queued', scriptFile: 'events.js', language: 'node' });
    expect(queued.directory).toMatch(/\/src\/functions$/);
    expect(queued.retryOptions).toMatchObject({
      maxRetryCount: 3,
      retryStrategy: RpcRetryStrategy.ExponentialBackoff,
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 60 },
    });
    const bindings = queued.rawBindings!.map((json) => JSON.parse(json) as { name: string });
    expect(bindings).toEqual([
      expect.objectContaining({ type: 'queueTrigger', direction: 'in', queueName: 'work' }),
      expect.objectContaining({ type: 'queue', direction: 'out', queueName: 'results' }),
      expect.objectContaining({ type: 'blob', direction: 'out', path: 'out/{name}' }),
    ]);
    expect(Object.keys(queued.bindings!).sort()).toEqual(bindings.map(({ name }) => name).sort());
    const http = functionMetadataResults!.find(({ name }) => name === 'echo')!;
    expect(JSON.parse(http.rawBindings![0]!)).toMatchObject({
      type: 'httpTrigger',
      authLevel: 'anonymous',
      route: 'echo/{id:int?}',
      methods: ['GET', 'POST'],
    });
  });

  it('get queue messages and their metadata, return a value and set outputs', async () => {
    const { response } = await worker.trigger(
      'queued',
      { json: '{"a":1}' },
      { triggerMetadata: { Id: { string: 'm-1' }, DequeueCount: { json: '2' } } },
    );
    expect(JSON.parse(response.returnValue!.json!)).toEqual({
      item: { a: 1 },
      metadata: { id: 'm-1', dequeueCount: 2 },
    });
    expect(response.outputData!.map(({ data }) => data)).toEqual([
      { json: '[{"item":{"a":1}},"second"]' },
      { bytes: Buffer.from('blob') },
    ]);
  });

  it('return a value into an output', async () => {
    const { response } = await worker.trigger('returned', { string: '21' });
    expect(response.returnValue).toEqual({ int: 42 });
  });

  it('get many messages at once', async () => {
    const texts = { collectionString: { string: ['{"n":1}', 'two'] } };
    const { response } = await worker.trigger('many', texts);
    expect(JSON.parse(response.returnValue!.json!)).toEqual({ count: 2, items: [{ n: 1 }, 'two'] });
    const json = await worker.trigger('many', { json: '[1,2,3]' });
    expect(JSON.parse(json.response.returnValue!.json!)).toMatchObject({ count: 3 });
  });

  it('get a timer', async () => {
    const schedule = { Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: true };
    const { response } = await worker.trigger('nightly', { json: JSON.stringify(schedule) });
    expect(JSON.parse(response.returnValue!.json!)).toMatchObject({ isPastDue: true });
  });

  it.each([
    [{ string: 'text' }, { string: 'text' }],
    [{ string: '' }, { string: '' }],
    [{ int: 0 }, { int: 0 }],
    [{ int: -(2 ** 40) }, { int: -(2 ** 40) }],
    [{ double: 0.5 }, { double: 0.5 }],
    [{ json: '1e300' }, { double: 1e300 }],
    [{ json: 'false' }, { json: 'false' }],
    [{ bytes: Buffer.from([7]) }, { bytes: Buffer.from([7]) }],
    [{ collectionSint64: { sint64: [1, -2] } }, { json: '[1,-2]' }],
  ])('get %j and give it back', async (input, output) => {
    expect((await worker.trigger('identity', input)).response.returnValue).toEqual(output);
  });

  it('log at all levels, in order and before their response', async () => {
    const { logs } = await worker.trigger('logs', { string: '' });
    expect(logs.slice(0, 6).map(({ level, message }) => [level, message])).toEqual([
      [RpcLogLevel.Trace, 'a trace'],
      [RpcLogLevel.Debug, 'a debug'],
      [RpcLogLevel.Information, 'an info'],
      [RpcLogLevel.Information, 'a log { x: 1 }'],
      [RpcLogLevel.Warning, 'a warning'],
      [RpcLogLevel.Error, expect.stringMatching(/^Error: an error\n {4}at .*events\.js/)],
    ]);
    expect(logs.slice(6).map(({ message }) => message)).toEqual(
      Array.from({ length: 50 }, (_, index) => `line ${index}`),
    );
    expect(new Set(logs.map(({ category }) => category))).toEqual(new Set(['logs.Invocation']));
    expect(new Set(logs.map(({ logCategory }) => logCategory))).toEqual(new Set([RpcLogCategory.User]));
  });

  it('fail with message, type, stack and cause', async () => {
    const { response } = await worker.trigger('throws', { string: 'error' });
    expect(response.result!.status).toBe(RpcStatus.Failure);
    const exception = response.result!.exception!;
    expect(exception).toMatchObject({ message: 'It is broken', type: 'TypeError', isUserException: true });
    expect(exception.stackTrace).toMatch(/TypeError: It is broken\n {4}at .*events\.js:\d+/);
    expect(exception.stackTrace).toMatch(/Caused by: Error: the cause\n/);
  });

  it.each([
    ['text', 'just text'],
    ['nothing', 'Unknown error'],
    ['object', '{ code: 7 }'],
  ])('fail when they throw %s', async (kind, message) => {
    const { response } = await worker.trigger('throws', { string: kind });
    expect(response.result!.status).toBe(RpcStatus.Failure);
    expect(response.result!.exception).toMatchObject({ message, isUserException: true });
  });

  it('that do not exist fail by the fault of the host', async () => {
    const { response } = await worker.trigger('nobody', { string: '' });
    expect(response.result!.exception).toMatchObject({
      message: 'There is no function with the id "nobody".',
      isUserException: false,
    });
  });
});
