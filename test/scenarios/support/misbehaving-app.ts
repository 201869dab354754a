import { v4App, type AppFiles } from '../../support/app-files.js';

/** `functionTimeout` of the app `late`. */
export const FUNCTION_TIMEOUT_SECONDS = 2;

const START = `
const { app } = require('@azure/functions');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const http = (name, handler) => app.http(name, { methods: ['GET'], authLevel: 'anonymous', handler });

http('wait', async (request) => {
  await sleep(Number(request.query.get('ms')));
  return { body: 'waited' };
});
`;

const LATE = `
http('neverEnds', () => new Promise(() => {}));
http('loops', () => { for (;;); });
`;

const BAD = `
http('throwsAtOnce', () => { throw new RangeError('out of bounds'); });
http('throwsLater', async () => { await sleep(10); throw new TypeError('not what it was'); });
http('throwsAWord', async () => { throw 'only a word'; });
http('throwsNothing', async () => { throw undefined; });

http('exits', async () => { await sleep(200); console.error('the last words'); process.exit(3); });
http('crashes', () => new Promise(() => setTimeout(() => { throw new Error('nobody caught it'); }, 50)));

http('fillsHeap', () => { const all = []; for (;;) all.push(new Array(100_000).fill({ some: 'object' })); });
http('fillsBuffers', async () => {
  const all = [];
  for (;;) { all.push(Buffer.alloc(8 * 1024 * 1024, 1)); await sleep(1); }
});

const KIB = 'x'.repeat(1024);
http('logs', (request, context) => {
  for (let line = 0; line < 10_240; line += 1) context.log(line + ' ' + KIB);
  return { body: 'logged' };
});
http('logsOneLine', (request, context) => { context.log(KIB.repeat(10_240)); return { body: 'logged' }; });
http('prints', async () => {
  for (let line = 0; line < 10_240; line += 1) console.log(line + ' ' + KIB);
  await sleep(1_000); // What a process prints reaches its engine by another way than its answer, and later.
  return { body: 'printed' };
});
http('answersMuch', () => ({ body: KIB.repeat(5_120) }));

app.timer('retries', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { milliseconds: 100 } },
  handler: (timer, context) => {
    context.log('retry ' + (context.retryContext?.retryCount ?? 'none'));
    throw new Error('never well');
  },
});
`;

/** Functions that do not end, in the v4 model, and `wait`, which may be beside them. */
export function lateApp(): Promise<AppFiles> {
  return appOf(LATE, { functionTimeout: `00:00:0${FUNCTION_TIMEOUT_SECONDS}` });
}

/** Functions that do what functions must not do, in the v4 model, and `wait`, which may be beside them. */
export function badApp(): Promise<AppFiles> {
  return appOf(BAD, {});
}

function appOf(code: string, host: Record<string, unknown>): Promise<AppFiles> {
  return v4App({
    'host.json': JSON.stringify({ version: '2.0', ...host }),
    'package.json': JSON.stringify({ name: 'misbehaving', main: 'index.js' }),
    'index.js': `${START}${code}`,
  });
}
