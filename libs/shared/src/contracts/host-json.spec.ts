import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { parseHostJson } from './host-json.js';

function parse(content: object, settings?: Record<string, string>) {
  return parseHostJson(JSON.stringify({ version: '2.0', ...content }), settings);
}

function problemsOf(content: object): string[] {
  try {
    parse(content);
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.message, ...error.details];
    throw error;
  }
  return [];
}

describe('parseHostJson', () => {
  it('fills in the defaults', () => {
    expect(parseHostJson('\uFEFF{"version":"2.0"}')).toEqual({
      functionTimeoutSeconds: 1800,
      retry: undefined,
      http: {
        routePrefix: 'api',
        maxConcurrentRequests: null,
        maxOutstandingRequests: null,
        customHeaders: {},
      },
      logLevels: {},
    });
  });

  it('reads what it knows and passes over the rest', () => {
    const host = parse({
      functionTimeout: '00:10:00',
      retry: { strategy: 'FixedDelay', maxRetryCount: 3, delayInterval: '00:00:05' },
      extensions: {
        http: { routePrefix: '/v1/', maxOutstandingRequests: 200, maxConcurrentRequests: -1, hsts: {} },
        queues: { batchSize: 4 },
      },
      logging: { logLevel: { default: 'Warning', 'Function.hello': 'none' }, applicationInsights: {} },
      extensionBundle: { id: 'x' },
    });
    expect(host).toEqual({
      functionTimeoutSeconds: 600,
      retry: { strategy: 'fixedDelay', maxRetryCount: 3, delayMs: 5000 },
      http: {
        routePrefix: 'v1',
        maxConcurrentRequests: null,
        maxOutstandingRequests: 200,
        customHeaders: {},
      },
      logLevels: { default: 'warning', 'Function.hello': 'none' },
    });
  });

  it.each([
    ['-1', null],
    [-1, null],
    ['1.00:00:00', 86400],
    ['00:00:00.5', 0.5],
    ['01:30', 5400],
  ])('takes %j for a functionTimeout', (functionTimeout, seconds) => {
    expect(parse({ functionTimeout }).functionTimeoutSeconds).toBe(seconds);
  });

  it.each([
    [{ version: '1.0' }, 'host.json: version must be "2.0" (write "version": "2.0").'],
    [{ functionTimeout: '24:00:00' }, /^host\.json: functionTimeout must be a time span "hh:mm:ss"/],
    [{ functionTimeout: '00:00:00' }, /functionTimeout must be .* longer than zero/],
    [{ functionTimeout: 600 }, /functionTimeout must be a time span/],
    [{ extensions: { http: { routePrefix: 'a/{b}' } } }, /extensions\.http\.routePrefix must be a path/],
    [
      { extensions: { http: { cors: { allowedOrigins: ['https://a.example/path'] } } } },
      /cors\.allowedOrigins\[0\] must be "\*" or an origin/,
    ],
    [
      { extensions: { http: { cors: { allowedOrigins: ['*'], supportCredentials: true } } } },
      /cors\.supportCredentials must be false while allowedOrigins has "\*"/,
    ],
    [{ extensions: { http: { maxOutstandingRequests: 0 } } }, /maxOutstandingRequests must be 1 or more/],
    [{ extensions: { http: { customHeaders: { 'X-A': 'a\nb' } } } }, /customHeaders\.X-A must not hold line/],
    [{ logging: { logLevel: { default: 'Verbose' } } }, /logging\.logLevel\.default must be one of Trace/],
    [{ retry: { strategy: 'often' } }, /retry\.strategy must be "fixedDelay" or "exponentialBackoff"/],
    [{ retry: { strategy: 'fixedDelay', maxRetryCount: 1 } }, /retry\.delayInterval must be a time span/],
    [
      {
        retry: {
          strategy: 'exponentialBackoff',
          maxRetryCount: -2,
          minimumInterval: '00:01:00',
          maximumInterval: '00:00:01',
        },
      },
      /retry\.maxRetryCount must be -1/,
    ],
  ])('refuses %j by the name of its field', (content, message) => {
    const [first] = problemsOf(content);
    if (typeof message === 'string') expect(first).toBe(message);
    else expect(first).toMatch(message);
  });

  it('names everything that is wrong at once', () => {
    expect(problemsOf({ functionTimeout: 1, logging: 3 })).toHaveLength(2);
  });

  it.each(['', '[]', 'null', '"x"', '{"version":"2.0",}'])('refuses %j', (text) => {
    expect(() => parseHostJson(text)).toThrow(InvalidInputError);
  });

  it('says where the JSON is broken', () => {
    expect(() => parseHostJson('{\n "version": "2.0",}')).toThrow(/line 2/);
  });

  it('takes settings of the app instead of what the file says', () => {
    const host = parse(
      { extensions: { http: { routePrefix: 'api' } }, functionTimeout: '00:10:00' },
      {
        AzureFunctionsJobHost__functionTimeout: '-1',
        azurefunctionsjobhost__extensions__http__RoutePrefix: 'v2',
        AzureFunctionsJobHost__extensions__http__maxOutstandingRequests: '7',
        OTHER: 'x',
      },
    );
    expect(host.functionTimeoutSeconds).toBeNull();
    expect(host.http).toMatchObject({ routePrefix: 'v2', maxOutstandingRequests: 7 });
  });
});
