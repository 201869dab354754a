import { describe, expect, it } from '@jest/globals';
import type { InvocationResponse } from '#shared/contracts/function-rpc/messages.js';
import type { RpcHttp, TypedData } from '#shared/contracts/function-rpc/values.js';
import type { Binding } from '#shared/domain/function-app.js';
import { channelResultOf } from './invocation-result.js';
import { compileFunction, type LoadedFunction } from './loaded-function.js';

function functionWith(...bindings: Binding[]): LoadedFunction {
  return compileFunction('id', { name: 'f', programmingModel: 'v4', bindings, disabled: false });
}

const httpTrigger: Binding = { name: 'req', type: 'httpTrigger', direction: 'in' };
const httpFunction = functionWith(httpTrigger, { name: '$return', type: 'http', direction: 'out' });
const classicFunction = functionWith(httpTrigger, { name: 'res', type: 'http', direction: 'out' });
const queueFunction = functionWith({ name: 'q', type: 'queueTrigger', direction: 'in', queueName: 'q' });

function succeeded(response: InvocationResponse): InvocationResponse {
  return { result: { status: 1 }, ...response };
}

function httpOf(returnValue: TypedData | undefined) {
  const result = channelResultOf(httpFunction, succeeded({ returnValue }));
  if (result.state !== 'succeeded') throw new Error(JSON.stringify(result));
  return result.output.http;
}

const respond = (http: RpcHttp) => httpOf({ http });

describe('the result of an HTTP function', () => {
  it.each([[undefined], [{}], [{ json: 'null' }]])('is 204 for no return value (%j)', (value) => {
    expect(httpOf(value)).toEqual({ statusCode: 204, headers: {} });
  });

  it('is 200 without a body for an empty object', () => {
    expect(respond({ headers: {}, body: { bytes: Buffer.alloc(0) } })).toEqual({
      statusCode: 200,
      headers: {},
    });
    expect(respond({})).toEqual({ statusCode: 200, headers: {} });
  });

  it.each([
    [{ string: 'hello' }, 'string'],
    [{ int: 0 }, 'int'],
    [{ json: '{"a":1}' }, 'json'],
  ])('is a failure for %j', (returnValue, kind) => {
    const result = channelResultOf(httpFunction, succeeded({ returnValue }));
    expect(result).toMatchObject({
      state: 'failed',
      failure: { source: 'function', type: 'InvalidHttpResponseError' },
    });
    if (result.state === 'failed') expect(result.failure.message).toContain(`returned a ${kind}`);
  });

  it.each(['99', '199', '600', 'abc', '200.5'])('is a failure for the status %s', (statusCode) => {
    expect(channelResultOf(httpFunction, succeeded({ returnValue: { http: { statusCode } } })).state).toBe(
      'failed',
    );
  });

  it('keeps text as text and bytes as base64', () => {
    expect(
      respond({ statusCode: '201', headers: { 'X-A': 'b' }, body: { bytes: Buffer.from('grüß') } }),
    ).toEqual({
      statusCode: 201,
      headers: { 'x-a': 'b' },
      body: 'grüß',
      bodyEncoding: 'utf8',
    });
    expect(respond({ body: { stream: Buffer.from([255, 0]) } })).toMatchObject({
      body: '/wA=',
      bodyEncoding: 'base64',
    });
  });

  it.each([
    [{ json: '{"a":1}' }, '{"a":1}', 'application/json; charset=utf-8'],
    [{ string: 'a' }, 'a', 'text/plain; charset=utf-8'],
    [{ int: 7 }, '7', 'text/plain; charset=utf-8'],
  ])('names the type of %j', (body, text, contentType) => {
    expect(respond({ body })).toMatchObject({ body: text, headers: { 'content-type': contentType } });
    expect(respond({ body, headers: { 'Content-Type': 'x/y' } })?.headers).toEqual({ 'content-type': 'x/y' });
  });

  it('translates cookies', () => {
    const cookies = [
      {
        name: 'c',
        value: 'v',
        domain: { value: 'd' },
        path: { value: '/' },
        expires: { value: { seconds: 2, nanos: 5_000_000 } },
        secure: { value: true },
        httpOnly: { value: false },
        sameSite: 3 as const,
        maxAge: { value: 60 },
      },
      { name: 'd', value: '' },
    ];
    expect(respond({ cookies })?.cookies).toEqual([
      {
        name: 'c',
        value: 'v',
        domain: 'd',
        path: '/',
        expiresAt: 2005,
        secure: true,
        httpOnly: false,
        sameSite: 'None',
        maxAgeSeconds: 60,
      },
      { name: 'd', value: '' },
    ]);
  });

  it('is the output that is the HTTP response, in the older model, beside the others', () => {
    const outputData = [
      { name: 'res', data: { http: { statusCode: '202' } } },
      { name: 'out', data: { json: '[1,2]' } },
    ];
    expect(channelResultOf(classicFunction, succeeded({ outputData }))).toEqual({
      state: 'succeeded',
      output: { http: { statusCode: 202, headers: {} }, outputs: { out: [1, 2] } },
    });
  });

  it('answers nothing without an HTTP output', () => {
    expect(channelResultOf(functionWith(httpTrigger), succeeded({ returnValue: { int: 1 } }))).toEqual({
      state: 'succeeded',
      output: { http: { statusCode: 204, headers: {} }, returnValue: 1 },
    });
  });
});

describe('the result of another function', () => {
  it.each([
    [{ json: '{"a":[1,null]}' }, { a: [1, null] }],
    [{ json: 'null' }, null],
    [{ json: 'broken' }, 'broken'],
    [{ string: '{"a":1}' }, '{"a":1}'],
    [{ int: 5 }, 5],
    [{ double: 0.5 }, 0.5],
    [{ bytes: Buffer.from('a') }, 'a'],
    [{ bytes: Buffer.from([200]) }, 'yA=='],
    [{ collectionString: { string: ['a'] } }, ['a']],
    [{ collectionSint64: { sint64: [1] } }, [1]],
    [{ collectionDouble: {} }, []],
    [{ collectionBytes: { bytes: [Buffer.from('a')] } }, ['a']],
  ])('returns %j as JSON', (returnValue, value) => {
    expect(channelResultOf(queueFunction, succeeded({ returnValue }))).toEqual({
      state: 'succeeded',
      output: { returnValue: value },
    });
  });

  it('is empty when nothing came back', () => {
    expect(channelResultOf(queueFunction, succeeded({ outputData: [] }))).toEqual({
      state: 'succeeded',
      output: {},
    });
  });

  it('may be cancelled', () => {
    expect(channelResultOf(queueFunction, { result: { status: 2 } })).toEqual({ state: 'cancelled' });
  });

  it('tells a failure with its class and stack', () => {
    const stackTrace = 'RangeError: too far\n    at f (/app/f.js:1:1)';
    const response = { result: { status: 0, exception: { message: 'too far', stackTrace } } } as const;
    expect(channelResultOf(queueFunction, response)).toEqual({
      state: 'failed',
      failure: { source: 'function', type: 'RangeError', message: 'too far', stack: stackTrace },
    });
  });

  it('says something even when the worker did not', () => {
    expect(channelResultOf(queueFunction, {})).toEqual({
      state: 'failed',
      failure: { source: 'function', type: 'Error', message: 'The function failed without saying why.' },
    });
  });
});
