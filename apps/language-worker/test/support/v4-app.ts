/** An app against @azure/functions v4, CommonJS, several files found by a pattern. */
export const v4App: Record<string, unknown> = {
  'package.json': { main: 'src/{index.js,functions/*.js}' },
  'src/index.js': `
    const { app } = require('@azure/functions');
    globalThis.seen = [];
    app.hook.appStart((context) => { globalThis.seen.push('appStart', typeof context.hookData); });
  `,
  'src/functions/http.js': `
    const { app, HttpResponse } = require('@azure/functions');
    app.http('echo', {
      route: 'echo/{id:int?}',
      methods: ['GET', 'POST'],
      handler: async (request, context) => ({
        jsonBody: {
          method: request.method,
          url: request.url,
          params: request.params,
          query: Object.fromEntries(request.query),
          headers: Object.fromEntries(request.headers),
          text: await request.text(),
          context: {
            functionName: context.functionName, traceContext: context.traceContext,
            retryContext: context.retryContext, trigger: context.options.trigger.type,
          },
        },
      }),
    });
    app.http('answer', {
      handler: async () => ({
        status: 201,
        headers: { 'x-one': '1', 'content-type': 'text/plain' },
        cookies: [{ name: 'c', value: 'v w', path: '/p', domain: 'example.org', secure: true, httpOnly: true,
          sameSite: 'None', maxAge: 60, expires: new Date(5000) }],
        body: 'created',
      }),
    });
    app.post('binary', async (request) => ({ body: Buffer.from(await request.arrayBuffer()).reverse() }));
    app.get('nothing', async () => {});
    app.get('empty', async () => ({}));
    app.get('wrong', async () => 'text');
    app.get('response', async () => new HttpResponse({ status: 418, body: new ReadableStream({
      start(controller) { controller.enqueue(Buffer.from('tea')); controller.enqueue(Buffer.from('pot')); controller.close(); },
    }) }));
    app.get('synchronous', () => ({ body: 'now' }));
    app.get('large', async () => ({ body: 'x'.repeat(5 * 1024 * 1024) }));
  `,
  'src/functions/events.js': `
    const { app, output, trigger } = require('@azure/functions');
    const results = output.storageQueue({ queueName: 'results', connection: 'Storage' });
    const blob = output.storageBlob({ path: 'out/{name}', connection: 'Storage' });
    app.storageQueue('queued', {
      queueName: 'work', connection: 'Storage', extraOutputs: [results, blob],
      retry: { strategy: 'exponentialBackoff', maxRetryCount: 3, minimumInterval: { seconds: 1 }, maximumInterval: { minutes: 1 } },
      handler: async (item, context) => {
        context.extraOutputs.set(results, [{ item }, 'second']);
        context.extraOutputs.set(blob, Buffer.from('blob'));
        return { item, metadata: context.triggerMetadata };
      },
    });
    app.storageQueue('returned', {
      queueName: 'work', connection: 'Storage', return: results, handler: (item) => item * 2,
    });
    app.generic('many', {
      trigger: trigger.generic({ type: 'queueTrigger', name: 'items', queueName: 'work', cardinality: 'many' }),
      handler: async (items) => ({ count: items.length, items }),
    });
    app.timer('nightly', { schedule: '0 0 3 * * *', handler: async (timer) => timer });
    app.generic('identity', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: (event) => event });
    app.generic('logs', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: async (_event, context) => {
      context.trace('a %s', 'trace'); context.debug('a debug'); context.info('an info'); context.log('a log', { x: 1 });
      context.warn('a warning'); context.error(new Error('an error'));
      console.log('to stdout'); console.error('to stderr');
      for (let i = 0; i < 50; i += 1) context.log('line ' + i);
    } });
    app.generic('throws', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: async (kind) => {
      if (kind === 'error') throw new TypeError('It is broken', { cause: new Error('the cause') });
      if (kind === 'text') throw 'just text';
      if (kind === 'nothing') throw undefined;
      throw { code: 7 };
    } });
    app.generic('detached', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: (_event, context) => {
      setTimeout(() => { context.log('before the end'); throw new Error('nobody catches this'); }, 10);
      return new Promise(() => {});
    } });
    app.generic('exits', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: () => process.exit(7) });
    app.generic('slow', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return 'done';
    } });
    app.generic('environment', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }), handler: () => ({
      environment: { ...process.env }, directory: process.cwd(), seen: globalThis.seen,
    }) });
  `,
};
