import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { RpcLogLevel, RpcStatus, type RpcFunctionMetadata } from '#shared/contracts/function-rpc/messages.js';
import { classicApp } from './support/classic-app.js';
import type { TestWorker } from './support/test-worker.js';
import { withHost } from './support/with-host.js';

const fixture = withHost();
let worker: TestWorker;
let folder: string;

/** What a host makes of a function.json. */
function metadataOf(name: string, bindings: object[], more: RpcFunctionMetadata = {}): RpcFunctionMetadata {
  const directory = join(folder, name);
  return {
    name,
    directory,
    scriptFile: join(directory, 'index.js'),
    rawBindings: bindings.map((binding) => JSON.stringify(binding)),
    ...more,
  };
}

const HTTP = [
  { type: 'httpTrigger', direction: 'IN', name: 'req' },
  { type: 'http', direction: 'out', name: 'res' },
];
const QUEUE = [{ type: 'queueTrigger', direction: 'in', name: 'item', queueName: 'work' }];
const OUT = { type: 'queue', direction: 'out', name: 'out', queueName: 'results' };

beforeAll(async () => {
  folder = await fixture.folders.write(classicApp, { withLibrary: false });
  worker = await fixture.host.startWorker();
  await worker.initialize(folder);
}, 60_000);

async function load(name: string, bindings: object[], more?: RpcFunctionMetadata): Promise<void> {
  const { result } = await worker.loadFunction(metadataOf(name, bindings, more));
  expect(result!.exception?.stackTrace).toBeUndefined();
  expect(result!.status).toBe(RpcStatus.Success);
}

describe('functions of the v3 model', () => {
  it('are left to the host to find', async () => {
    expect(await worker.describeFunctions()).toMatchObject({
      useDefaultMetadataIndexing: true,
      functionMetadataResults: [],
      result: { status: RpcStatus.Success },
    });
  });

  it('answer HTTP calls by context.res', async () => {
    await load('http', HTTP);
    const { http, logs } = await worker.callHttp('http', {
      method: 'POST',
      nullableHeaders: { 'content-type': { value: 'application/json' } },
      nullableQuery: { name: { value: 'Ada' } },
      nullableParams: { id: { value: '7' } },
      body: { bytes: Buffer.from('{"n":1}') },
    });
    expect(http).toMatchObject({
      statusCode: '202',
      headers: { 'x-one': '1' },
      cookies: [{ name: 'c', value: 'v', sameSite: 1, maxAge: { value: 5 } }],
    });
    expect(JSON.parse(http.body!.json!)).toEqual({
      name: 'Ada',
      id: '7',
      body: { n: 1 },
      rawBody: '{"n":1}',
      functionName: 'http',
      method: 'POST',
    });
    expect(logs.map(({ level, message }) => [level, message])).toEqual([
      [RpcLogLevel.Information, 'plain 1'],
      [RpcLogLevel.Error, 'an error'],
      [RpcLogLevel.Warning, 'a warning'],
      [RpcLogLevel.Information, 'an info'],
      [RpcLogLevel.Trace, 'verbose'],
    ]);
  });

  it('may end by context.done', async () => {
    await load('callback', [...QUEUE, OUT]);
    const { response } = await worker.trigger('callback', { string: 'ok' });
    expect(response.outputData).toEqual([{ name: 'out', data: { string: 'ok!' } }]);
    const failed = await worker.trigger('callback', { string: 'fail' });
    expect(failed.response.result!.exception).toMatchObject({
      message: 'done with an error',
      isUserException: true,
    });
  });

  it('return values into $return and into named outputs', async () => {
    await load('returns', [...QUEUE, { ...OUT, name: '$return' }]);
    const { response } = await worker.trigger('returns', { json: '{"a":1}' });
    expect(response.returnValue).toEqual({ json: '[{"a":1}]' });
    await load('named', [...QUEUE, OUT], { scriptFile: join(folder, 'returns', 'named.js') });
    const named = await worker.trigger('named', { string: 'x' });
    expect(named.response.outputData).toEqual([{ name: 'out', data: { json: '["x","y"]' } }]);
  });

  it('see trigger metadata, binding data and the retry context', async () => {
    await load('metadata', [...QUEUE, { ...OUT, name: '$return' }]);
    const { response } = await worker.trigger(
      'metadata',
      { string: 'x' },
      {
        triggerMetadata: { DequeueCount: { int: 3 }, Id: { string: 'm-1' } },
        retryContext: { retryCount: 1, maxRetryCount: 2, exception: { message: 'before' } },
      },
    );
    expect(JSON.parse(response.returnValue!.json!)).toMatchObject({
      bindingData: { id: 'm-1', dequeueCount: { int: 3 } },
      retryContext: { retryCount: 1, maxRetryCount: 2, exception: { message: 'before' } },
      definitions: [
        { name: 'item', type: 'queueTrigger', direction: 'in' },
        { name: '$return', type: 'queue', direction: 'out' },
      ],
    });
  });

  it('get timers in camel case', async () => {
    await load('returns-input', [{ type: 'timerTrigger', direction: 'in', name: 'timer' }], {
      scriptFile: join(folder, 'returns', 'input.js'),
    });
    const { response } = await worker.trigger('returns-input', {
      json: '{"Schedule":{"AdjustForDST":true},"IsPastDue":false}',
    });
    expect(JSON.parse(response.returnValue!.json!)).toEqual({
      schedule: { adjustForDST: true },
      isPastDue: false,
    });
  });

  it.each([
    ['entryPoint', 'second', 'second'],
    ['the only export', undefined, 'only'],
    ['run', undefined, 'run'],
    ['index', undefined, 'index'],
    ['this', undefined, 'this'],
  ])('are found by %s', async (kind, entryPoint, answer) => {
    const file = kind === 'the only export' ? 'only' : kind;
    const scriptFile = join(folder, 'exports', `${file}.js`);
    await load(file, QUEUE, { scriptFile, ...(entryPoint && { entryPoint }) });
    expect((await worker.trigger(file, { string: '' })).response.returnValue).toEqual({ string: answer });
  });

  it('may be ES modules', async () => {
    await load('module', QUEUE, { scriptFile: join(folder, 'exports', 'module.mjs') });
    expect((await worker.trigger('module', { string: '' })).response.returnValue).toEqual({ string: 'esm' });
  });

  it.each([
    ['missing.js', /^The function "broken" in exports.missing\.js can't be loaded: Cannot find module/],
    ['none.js', /It exports no function\. If it exports several/],
    ['syntax.js', /Unexpected token '}' \(exports.syntax\.js:2\)$/],
  ])('can’t be loaded from %s', async (file, message) => {
    const scriptFile = join(folder, 'exports', file);
    const { result } = await worker.loadFunction(metadataOf('broken', QUEUE, { scriptFile }));
    expect(result!.status).toBe(RpcStatus.Failure);
    expect(result!.exception!.message).toMatch(message);
    expect(result!.exception!.stackTrace).toContain(file);
  });

  it('fail with message and stack', async () => {
    await load('throws', QUEUE);
    const { exception } = (await worker.trigger('throws', { string: '' })).response.result!;
    expect(exception).toMatchObject({ message: 'thrown', isUserException: true });
    expect(exception!.stackTrace).toMatch(/throws\/index\.js:\d+/);
  });

  it('are loaded several at once', async () => {
    const functionLoadRequests = [
      { functionId: 'a', metadata: metadataOf('throws', QUEUE) },
      { functionId: 'b', metadata: metadataOf('nowhere', QUEUE) },
    ];
    const answer = await worker.request({ functionLoadRequestCollection: { functionLoadRequests } });
    const responses = answer.functionLoadResponseCollection!.functionLoadResponses!;
    expect(responses.map(({ functionId, result }) => [functionId, result!.status])).toEqual([
      ['a', RpcStatus.Success],
      ['b', RpcStatus.Failure],
    ]);
  });
});
