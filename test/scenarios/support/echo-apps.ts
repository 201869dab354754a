import { v4App, type AppFiles } from '../../support/app-files.js';

const HOST_JSON = JSON.stringify({ version: '2.0' });

const V4_INDEX = `
const { app } = require('@azure/functions');

app.http('echo', {
  methods: ['GET', 'POST', 'PUT'],
  authLevel: 'anonymous',
  route: 'echo/{kind}/{id:int?}',
  handler: async (request, context) => {
    context.log('an information');
    context.warn('a warning');
    context.error('an error');
    return {
      status: 201,
      headers: { 'x-echo': 'yes' },
      cookies: [{ name: 'session', value: 'a b', path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 60 }],
      jsonBody: {
        method: request.method,
        url: request.url,
        params: request.params,
        query: Object.fromEntries(request.query),
        header: request.headers.get('x-test'),
        cookie: request.headers.get('cookie'),
        text: await request.text(),
        invocationId: context.invocationId,
        traceParent: context.traceContext?.traceParent ?? null,
      },
    };
  },
});

app.http('json', {
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: async (request) => ({ jsonBody: { doubled: (await request.json()).numbers.map((number) => number * 2) } }),
});

app.http('reversed', {
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: async (request) => ({
    body: Buffer.from(await request.arrayBuffer()).reverse(),
    headers: { 'content-type': 'application/octet-stream' },
  }),
});

app.http('nothing', { methods: ['GET'], authLevel: 'anonymous', handler: () => undefined });
`;

/** HTTP functions in the v4 model that show what they were given: `echo`, `json`, `reversed`, `nothing`. */
export function v4EchoApp(): Promise<AppFiles> {
  return v4App({
    'host.json': HOST_JSON,
    'package.json': JSON.stringify({ name: 'echo-v4', main: 'index.js' }),
    'index.js': V4_INDEX,
  });
}

function httpFunction(route: string, trigger: Record<string, unknown> = {}): string {
  return JSON.stringify({
    bindings: [
      { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', route, ...trigger },
      { type: 'http', direction: 'out', name: 'res' },
    ],
  });
}

const V3_ECHO = `
module.exports = async function (context, req) {
  context.log('an information');
  context.log.warn('a warning');
  context.res = {
    status: 201,
    headers: { 'x-echo': 'yes' },
    cookies: [{ name: 'session', value: 'a b', path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 60 }],
    body: {
      method: req.method,
      params: req.params,
      bound: { kind: context.bindingData.kind, id: context.bindingData.id },
      query: req.query,
      header: req.headers['x-test'],
      body: req.body,
      invocationId: context.invocationId,
      traceParent: context.traceContext.traceparent,
    },
  };
};
`;

const V3_REVERSED = `
module.exports = async function (context, req) {
  context.res = {
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.from(req.body).reverse(),
    isRaw: true,
  };
};
`;

/** The same in the v3 model: `echo`, `reversed`, `nothing` in folders with a function.json. */
export function v3EchoApp(): AppFiles {
  return {
    'host.json': HOST_JSON,
    'echo/function.json': httpFunction('echo/{kind}/{id:int?}', { methods: ['get', 'post', 'put'] }),
    'echo/index.js': V3_ECHO,
    'reversed/function.json': httpFunction('reversed', { methods: ['post'], dataType: 'binary' }),
    'reversed/index.js': V3_REVERSED,
    'nothing/function.json': httpFunction('nothing'),
    'nothing/index.js': 'module.exports = async function () {};',
  };
}

const STREAMS_INDEX = `
const { app } = require('@azure/functions');
const { Readable } = require('node:stream');

app.setup({ enableHttpStream: true });

app.http('upper', {
  methods: ['POST'],
  authLevel: 'anonymous',
  route: 'upper/{name}',
  handler: async (request) => {
    const upper = new TransformStream({
      transform: (text, controller) => controller.enqueue(text.toUpperCase()),
    });
    const body = request.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(upper)
      .pipeThrough(new TextEncoderStream());
    return { status: 202, body, headers: { 'x-name': request.params.name, 'x-mode': request.query.get('mode') } };
  },
});

app.http('lines', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({
    body: Readable.from((function* () {
      for (let number = 1; number <= 1000; number += 1) yield 'line ' + number + '\\n';
    })()),
    headers: { 'content-type': 'text/plain' },
  }),
});
`;

/** Functions in the v4 model with `enableHttpStream`: `upper` turns a stream into another, `lines` makes one. */
export function streamsApp(): Promise<AppFiles> {
  return v4App({
    'host.json': HOST_JSON,
    'package.json': JSON.stringify({ name: 'streams', main: 'index.js' }),
    'index.js': STREAMS_INDEX,
  });
}
