/** An app that streams HTTP: request bodies arrive, and response bodies leave, piece by piece. */
export const streamingApp: Record<string, unknown> = {
  'package.json': { type: 'module', main: 'app.js' },
  'app.js': `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { app, trigger, HttpResponse } from '@azure/functions';
    app.setup({ enableHttpStream: true });
    app.http('sum', { methods: ['POST'], handler: async (request) => {
      let bytes = 0;
      for await (const chunk of request.body) bytes += chunk.length;
      return { jsonBody: { bytes, method: request.method, url: request.url, params: request.params,
        query: Object.fromEntries(request.query), headers: Object.fromEntries(request.headers) } };
    } });
    app.http('pieces', { handler: async (request, context) => ({
      status: 206,
      headers: { 'content-type': 'text/plain', 'x-two': '2' },
      cookies: [{ name: 'a', value: 'b', path: '/', maxAge: 9 }],
      body: new ReadableStream({ async start(controller) {
        for (const piece of ['one ', 'two ', 'three']) { controller.enqueue(Buffer.from(piece)); context.log(piece); await sleep(5); }
        controller.close();
      } }),
    }) });
    app.http('echo', { methods: ['POST'], handler: async (request) => ({ body: request.body }) });
    app.http('wrapped', { methods: ['POST'], handler: async (request) => new HttpResponse({ status: 201, body: request.body }) });
    app.http('generated', { handler: async () => ({ status: 203, body: (async function* () { yield 'a'; yield Buffer.from('b'); })() }) });
    app.http('nothing', { handler: async () => {} });
    app.http('empty', { handler: async () => ({ status: 202 }) });
    app.http('throws', { handler: async () => { throw new Error('before any answer'); } });
    app.http('wrong', { handler: async () => 'text' });
    app.http('breaks', { handler: async () => ({ body: new ReadableStream({ async start(controller) {
      controller.enqueue(Buffer.from('half')); await sleep(5); controller.error(new Error('in the middle')); } }) }) });
    app.http('endless', { handler: async (request, context) => {
      let made = 0;
      return { body: new ReadableStream({
        pull(controller) { made += 65536; controller.enqueue(new Uint8Array(65536)); context.log('made ' + made); },
        cancel() { context.log('cancelled'); },
      }, { highWaterMark: 0 }) };
    } });
    app.http('silent', { handler: async (request, context) => ({ body: new ReadableStream({
      start() { context.log('waiting'); }, cancel() { context.log('cancelled'); } }) }) });
    app.generic('event', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: (event) => event });
  `,
};
