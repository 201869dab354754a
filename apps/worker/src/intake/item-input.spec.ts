import { describe, expect, it } from '@jest/globals';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';
import type { HttpResponseData } from '#shared/domain/invocation.js';
import type { FunctionEnding } from './function-run.js';
import { itemEnding, itemInput } from './item-input.js';

const ITEM = { text: '{"n":"ü"}', id: 'run/3', triesBefore: 1 };

const versionWith = (routePrefix: string) =>
  ({ host: { http: { routePrefix } } }) as Pick<AppVersion, 'host'>;

function httpFunction(route?: string): FunctionDefinition {
  const trigger = {
    name: 'req',
    type: 'httpTrigger',
    direction: 'in',
    ...(route === undefined ? {} : { route }),
  } as const;
  return { name: 'Page', programmingModel: 'v4', bindings: [trigger], disabled: false };
}

describe('itemInput', () => {
  it('is a message', () => {
    expect(itemInput('message', versionWith('api'), httpFunction(), ITEM)).toEqual({
      kind: 'queue',
      message: '{"n":"ü"}',
      metadata: { Id: 'run/3', DequeueCount: 2 },
    });
  });

  it('is the body of a POST', () => {
    expect(itemInput('http', versionWith('api'), httpFunction(), ITEM)).toEqual({
      kind: 'http',
      request: {
        method: 'POST',
        url: 'http://batch.invalid/api/Page',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': '10',
          'x-nightjar-item': 'run/3',
          'x-nightjar-attempt': '2',
        },
        query: {},
        params: {},
        body: '{"n":"ü"}',
        bodyEncoding: 'utf8',
      },
    });
  });

  it.each([
    ['api', 'orders', '/api/orders'],
    ['', 'orders/new', '/orders/new'],
    ['/v1/', '/orders/{id?}/{lang=de}', '/v1/orders'],
    ['api', '', '/api/Page'],
  ])('with the prefix %j and the route %j goes to %s', (prefix, route, path) => {
    const input = itemInput('http', versionWith(prefix), httpFunction(route), ITEM);
    expect(input).toMatchObject({ request: { url: `http://batch.invalid${path}` } });
  });

  it("is a timer's object", () => {
    const timer = { schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: true };
    const item = { ...ITEM, text: JSON.stringify(timer) };
    expect(itemInput('timer', versionWith('api'), httpFunction(), item)).toEqual({ kind: 'timer', timer });
    expect(() => itemInput('timer', versionWith('api'), httpFunction(), ITEM)).toThrow();
  });
});

describe('itemEnding', () => {
  const attempt = { number: 1, startedAt: new Date(0), durationMs: 5 };
  const ended = (http: Partial<HttpResponseData>): FunctionEnding => ({
    state: 'succeeded',
    output: { http: { statusCode: 200, headers: {}, ...http } },
    attempts: [
      { ...attempt, failure: undefined },
      { ...attempt, number: 2 },
    ],
    coldStart: false,
    startedAt: new Date(0),
    endedAt: new Date(5),
  });

  it.each<[Partial<HttpResponseData>, unknown]>([
    [{ body: '{"total":5}' }, { returnValue: { total: 5 } }],
    [{ body: 'done' }, { returnValue: 'done' }],
    [{ statusCode: 204 }, {}],
    [{ statusCode: 302, body: 'null' }, { returnValue: null }],
    [{ body: 'AAE=', bodyEncoding: 'base64' }, { returnValue: { body: 'AAE=', bodyEncoding: 'base64' } }],
  ])('of %j succeeds', (http, output) => {
    expect(itemEnding('http', ended(http))).toMatchObject({ state: 'succeeded', output });
  });

  it.each<[Partial<HttpResponseData>, string, string]>([
    [{ statusCode: 400, body: 'no IBAN' }, 'HttpStatus400', 'The function answered with status 400: no IBAN'],
    [{ statusCode: 503 }, 'HttpStatus503', 'The function answered with status 503'],
    [
      { statusCode: 500, body: 'AAE=', bodyEncoding: 'base64' },
      'HttpStatus500',
      'The function answered with status 500',
    ],
  ])('of %j fails', (http, type, message) => {
    const failure = { source: 'function', type, message };
    const ending = itemEnding('http', ended(http));
    expect(ending).toMatchObject({ state: 'failed', output: undefined, failure });
    expect(ending.attempts.map((one) => one.failure)).toEqual([undefined, failure]);
  });

  it('shows no more of a long body than helps', () => {
    const { failure } = itemEnding('http', ended({ statusCode: 500, body: 'x'.repeat(10_000) }));
    expect(failure?.message).toHaveLength('The function answered with status 500: '.length + 501);
  });

  it('leaves alone what is no response, and other triggers', () => {
    const failed: FunctionEnding = { ...ended({}), state: 'failed', output: undefined };
    expect(itemEnding('http', failed)).toBe(failed);
    const ending = ended({ statusCode: 500 });
    expect(itemEnding('message', ending)).toBe(ending);
  });
});
