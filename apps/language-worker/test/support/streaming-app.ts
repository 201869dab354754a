/** An app that streams HTTP: request bodies arrive, and response bodies leave, piece by piece. */
export const streamingApp: Record<string, unknown> = {
  'package.json': { type: 'module', main: 'app.js' },
  'app.js': `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { app, trigger } from '@azure/functions';
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
      cookies: [{ name: 'a', value: 'ä b', path: '/', maxAge: 9, sameSite: 'Strict', httpOnly: true, expires: new Date(9000) },
        { name: 'b', value: '', sameSite: 'None', secure: true, domain: 'example.org' }],
      body: new ReadableStream({ async start(controller) {
        for (const piece of ['one ', 'two ', 'three']) { controller.enqueue(Buffer.from(piece)); context.log(piece); await sleep(5); }
        controller.close();
      } }),
    }) });
    app.http('echo', { methods: ['POST'], handler: async (request) => ({ body: request.body }) });
    app.http('nothing', { handler: async () => {} });
    app.http('throws', { handler: async () => { throw new Error('before any answer'); } });
    app.http('wrong', { handler: async () => 'text' });
    app.http('breaks', { handler: async () => ({ body: new ReadableStream({ async start(controller) {
      controller.enqueue(Buffer.from('half')); await sleep(5); controller.error(new Error('in the middle')); } }) }) });
    app.http('hangs', { handler: async (request, context) => {
      context.log('waiting');
      await sleep(300);
      return { body: 'late' };
    } });
    app.generic('event', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: (event) => event });
  `,
};
