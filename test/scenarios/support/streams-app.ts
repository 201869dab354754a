import { v4App, type AppFiles } from '../../support/app-files.js';

const INDEX = `
const { app } = require('@azure/functions');

app.setup({ enableHttpStream: true });

const http = (name, options) => app.http(name, { authLevel: 'anonymous', ...options });

/** What waits for a second request, by name. */
const gates = new Map();
function gateOf(name) {
  if (!gates.has(name)) gates.set(name, Promise.withResolvers());
  return gates.get(name);
}
http('open', { route: 'open/{name}', handler: (request) => {
  gateOf(request.params.name).resolve();
  return { body: 'opened' };
} });

/** Says "first", and the rest only when its gate is opened. */
http('gated', { route: 'gated/{name}', handler: (request) => ({
  body: (async function* () {
    yield 'first ';
    await gateOf(request.params.name).promise;
    yield 'last';
  })(),
}) });

http('echo', { methods: ['POST'], handler: (request) => ({ body: request.body, headers: { 'x-kept': 'yes' } }) });

/** Server-sent events, each after its gate. */
http('events', { handler: () => ({
  headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  body: (async function* () {
    for (const number of [1, 2]) {
      await gateOf('event-' + number).promise;
      yield 'id: ' + number + '\\ndata: event ' + number + '\\n\\n';
    }
  })(),
}) });

let cancelled = 0;
http('endless', { handler: () => ({ body: new ReadableStream({
  pull(controller) { controller.enqueue(new Uint8Array(65536)); },
  cancel() { cancelled += 1; },
}, { highWaterMark: 0 }) }) });
http('cancelled', { handler: () => ({ body: String(cancelled) }) });

http('breaks', { handler: () => ({ body: (async function* () {
  yield 'half';
  await gateOf('breaks').promise;
  throw new Error('in the middle');
})() }) });
http('throws', { handler: () => { throw new Error('before any answer'); } });
http('nothing', { handler: () => undefined });
http('exits', { handler: () => process.exit(9) });
http('shown', { methods: ['POST'], route: 'shown/{id}', handler: async (request) => ({ jsonBody: {
  url: request.url, id: request.params.id, q: request.query.get('q'), header: request.headers.get('x-in'),
  invocation: request.headers.get('x-ms-invocation-id'), body: await request.text(),
} }) });
`;

/** Functions that stream HTTP; several wait at gates that another request opens, so that nothing is a matter of time. */
export function streamsApp(): Promise<AppFiles> {
  return v4App({
    'host.json': JSON.stringify({
      version: '2.0',
      extensions: { http: { customHeaders: { 'x-custom': 'of the app' } } },
    }),
    'package.json': JSON.stringify({ name: 'streams', main: 'index.js' }),
    'index.js': INDEX,
  });
}
