import { v4App, type AppFiles } from '../../support/app-files.js';

/** How many calls the app says that it takes at once. */
export const MOST_AT_ONCE = 4;

const FUNCTIONS = `
const { app } = require('@azure/functions');
const { setTimeout: delay } = require('node:timers/promises');

const seen = { began: [], aborted: [], ended: [], messages: [], timers: [], most: 0 };
let running = 0;

app.http('state', { authLevel: 'anonymous', handler: () => ({ jsonBody: seen }) });

/** Waits until its client has gone. */
app.http('waits', {
  authLevel: 'anonymous',
  handler: async (request, context) => {
    const id = request.query.get('id');
    seen.began.push(id);
    try {
      await delay(Number(request.query.get('ms')), undefined, { signal: context.signal });
    } catch (error) {
      seen.aborted.push(id);
      throw error;
    }
    seen.ended.push(id);
    return { body: 'waited' };
  },
});

/** Says how many of it have run at once. */
app.http('counted', {
  authLevel: 'anonymous',
  handler: async () => {
    running += 1;
    seen.most = Math.max(seen.most, running);
    await delay(50);
    running -= 1;
    return { body: 'counted' };
  },
});

app.http('guarded', {
  authLevel: 'function',
  methods: ['POST'],
  handler: async (request) => { seen.messages.push(await request.text()); },
});
app.storageQueue('orders', {
  queueName: 'orders',
  connection: 'STORE',
  handler: (message) => { seen.messages.push(message); },
});
app.timer('yearly', {
  schedule: '0 0 0 1 1 *',
  handler: (timer) => { seen.timers.push(timer.isPastDue); },
});
`;

/** Remembers what has happened in it, for as long as its container lives. */
export function surfaceApp(): Promise<AppFiles> {
  return v4App({
    'host.json': JSON.stringify({
      version: '2.0',
      extensions: { http: { maxConcurrentRequests: MOST_AT_ONCE } },
    }),
    'package.json': JSON.stringify({ name: 'surface', version: '1.0.0', main: 'index.js' }),
    'index.js': FUNCTIONS,
  });
}
