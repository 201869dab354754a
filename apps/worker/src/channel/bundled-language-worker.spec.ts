import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { HttpRequestData, LogLine } from '#shared/domain/invocation.js';
import { startChannelAlone, type ChannelAlone } from '../../../../test/bench/support/channel-alone.js';
import { ChannelClosedError } from './language-worker-channel.js';

/** Tests run from the repository's root, as npm runs scripts. */
const REPOSITORY = process.cwd();

// Processes start and scripts are bundled here: on a busy machine that takes its time.
jest.setTimeout(60_000);

const V4_APP = `
const { app, output } = require('@azure/functions');
const queueOut = output.storageQueue({ queueName: 'out', connection: 'c' });
app.http('echo', {
  route: 'echo/{id}',
  handler: async (request, context) => ({
    status: 201,
    headers: { 'x-id': request.params.id, 'x-trace': context.traceContext?.traceParent ?? 'none' },
    cookies: [{ name: 'c', value: 'v', sameSite: 'Strict', maxAge: 5 }],
    jsonBody: {
      method: request.method,
      q: request.query.get('q'),
      header: request.headers.get('x-in'),
      body: await request.text(),
    },
  }),
});
app.http('bytes', { handler: async (request) => ({ body: Buffer.from(await request.arrayBuffer()) }) });
app.http('nothing', { handler: () => undefined });
app.http('empty', { handler: () => ({}) });
app.http('number', { handler: () => 5 });
app.http('huge', { handler: () => ({ body: 'x'.repeat(1024 * 1024) }) });
app.storageQueue('queue', {
  queueName: 'in',
  connection: 'c',
  return: queueOut,
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 1 } },
  handler: (message, context) => [
    message, typeof message, context.triggerMetadata.dequeueCount, context.retryContext?.retryCount ?? null,
  ],
});
app.generic('group', {
  trigger: { type: 'serviceBusTrigger', name: 'items', cardinality: 'many', direction: 'in' },
  handler: (items) => items.map((item) => typeof item),
});
app.timer('timer', { schedule: '0 0 2 * * *', handler: (timer) => timer });
app.storageQueue('logs', {
  queueName: 'logs', connection: 'c',
  handler: (message, context) => {
    context.log('info', { a: 1 });
    context.warn('warn');
    context.error(new Error('logged'));
    setTimeout(() => context.info('late'), 20);
  },
});
class OddError extends RangeError {}
app.storageQueue('throws', { queueName: 't', connection: 'c', handler: () => { throw new OddError('why'); } });
app.storageQueue('exits', { queueName: 'x', connection: 'c', handler: () => process.exit(7) });
app.storageQueue('hangs', { queueName: 'h', connection: 'c', handler: () => new Promise(() => {}) });
app.storageQueue('blocks', {
  queueName: 'b', connection: 'c',
  handler: () => { const end = Date.now() + 300; while (Date.now() < end); },
});
`;

const V3_APP: Readonly<Record<string, unknown>> = {
  'hello/function.json': {
    bindings: [
      { type: 'httpTrigger', name: 'req', direction: 'in', authLevel: 'anonymous', route: 'hello/{name}' },
      { type: 'http', name: 'res', direction: 'out' },
      { type: 'queue', name: 'out', direction: 'out', queueName: 'q' },
    ],
  },
  'hello/index.js': `module.exports = async function (context, req) {
    context.bindings.out = [1, { two: 2 }];
    context.res = { status: 202, body: { params: req.params, data: context.bindingData.name, body: req.body } };
  };`,
  'tick/function.json': {
    scriptFile: '../lib/tick.mjs',
    entryPoint: 'tick',
    bindings: [{ type: 'timerTrigger', name: 'timer', direction: 'in', schedule: '0 0 2 * * *' }],
  },
  'lib/tick.mjs': 'export async function tick(context, timer) { return timer; }',
  'done/function.json': {
    bindings: [{ type: 'queueTrigger', name: 'item', direction: 'in', queueName: 'q' }],
  },
  'done/run.js': `module.exports = (context, item) => {
    context.log.warn('seen');
    context.done(null, { item, id: context.bindingData.id });
  };`,
  'done/other.js': '',
  'off/function.json': {
    disabled: true,
    bindings: [{ type: 'queueTrigger', name: 'item', direction: 'in', queueName: 'q' }],
  },
  'off/index.js': 'this is no JavaScript',
};

describe('the bundled language worker', () => {
  let folder: string;
  let languageWorkerFile: string;
  let shared: ChannelAlone;
  const started: ChannelAlone[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-bundled-'));
    languageWorkerFile = join(folder, 'language-worker.cjs');
    const script = join(REPOSITORY, 'scripts/bundle-language-worker.mjs');
    await promisify(execFile)(process.execPath, [script, languageWorkerFile]);
  });

  afterAll(async () => {
    await Promise.all(started.map((alone) => alone.close()));
    await rm(folder, { recursive: true });
  });

  async function writeApp(name: string, files: Readonly<Record<string, unknown>>): Promise<string> {
    const packageFolder = join(folder, name);
    for (const [path, content] of Object.entries({ 'host.json': { version: '2.0' }, ...files })) {
      const file = join(packageFolder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
    await mkdir(join(packageFolder, 'node_modules/@azure'), { recursive: true });
    const library = join(packageFolder, 'node_modules/@azure/functions');
    await symlink(join(REPOSITORY, 'node_modules/@azure/functions'), library).catch(() => undefined);
    return packageFolder;
  }

  async function start(packageFolder: string): Promise<ChannelAlone> {
    const alone = await startChannelAlone({
      packageFolder,
      languageWorkerFile,
      maxMessageBytes: 1024 * 1024,
    });
    started.push(alone);
    return alone;
  }

  const startV4 = async () =>
    start(await writeApp('v4', { 'package.json': { main: 'app.js' }, 'app.js': V4_APP }));
  const startV3 = async () => start(await writeApp('v3', V3_APP));

  function http(more: Partial<HttpRequestData> = {}) {
    const request = { method: 'GET', url: 'http://h/api/x', headers: {}, query: {}, params: {}, ...more };
    return { kind: 'http', request } as const;
  }

  const message = (text: string) => ({ kind: 'queue', message: text }) as const;

  const timer = {
    kind: 'timer',
    timer: {
      schedule: { adjustForDST: true },
      scheduleStatus: {
        last: '2026-01-01T00:00:00Z',
        next: '2026-01-02T00:00:00Z',
        lastUpdated: '2026-01-01T00:00:00Z',
      },
      isPastDue: true,
    },
  } as const;

  describe('with an app of the newer model', () => {
    beforeAll(async () => {
      shared = await startV4();
    });

    it('tells its functions, triggers first', async () => {
      const { functions } = shared;
      const queue = functions.find(({ name }) => name === 'queue');
      expect(queue).toMatchObject({
        programmingModel: 'v4',
        bindings: [
          { type: 'queueTrigger', direction: 'in', queueName: 'in' },
          { type: 'queue', direction: 'out' },
        ],
        retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayMs: 1000 },
      });
      expect(functions.every(({ bindings }) => /Trigger$/.test(bindings[0]!.type))).toBe(true);
    });

    it('answers HTTP requests', async () => {
      const { invoke } = shared;
      const request = {
        method: 'POST',
        url: 'http://h/api/echo/7?q=1',
        headers: { 'x-in': 'hé', 'content-type': 'text/plain' },
        query: { q: '1' },
        params: { id: '7' },
        body: 'grüß',
      };
      const result = await invoke('echo', http(request));
      expect(result).toMatchObject({
        state: 'succeeded',
        output: {
          http: {
            statusCode: 201,
            headers: { 'x-id': '7', 'content-type': 'application/json' },
            cookies: [{ name: 'c', value: 'v', sameSite: 'Strict', maxAgeSeconds: 5 }],
          },
        },
      });
      const { output } = result as Extract<typeof result, { state: 'succeeded' }>;
      expect(JSON.parse(output.http!.body!)).toEqual({ method: 'POST', q: '1', header: 'hé', body: 'grüß' });
    });

    it('keeps bytes as they are', async () => {
      const { invoke } = shared;
      const body = Buffer.from([0, 255, 128, 10]).toString('base64');
      expect(await invoke('bytes', http({ method: 'POST', body, bodyEncoding: 'base64' }))).toMatchObject({
        output: { http: { statusCode: 200, body, bodyEncoding: 'base64' } },
      });
    });

    it('answers nothing, an empty object and what is no response', async () => {
      const { invoke } = shared;
      expect(await invoke('nothing', http())).toEqual({
        state: 'succeeded',
        output: { http: { statusCode: 204, headers: {} } },
      });
      expect(await invoke('empty', http())).toEqual({
        state: 'succeeded',
        output: { http: { statusCode: 200, headers: {} } },
      });
      expect(await invoke('number', http())).toMatchObject({
        state: 'failed',
        failure: { source: 'function', message: expect.stringContaining('must be an object') },
      });
    });

    it('fails alone with a response over the limit', async () => {
      const { invoke } = shared;
      expect(await invoke('huge', http())).toMatchObject({ state: 'failed' });
      expect(await invoke('empty', http())).toMatchObject({ state: 'succeeded' });
    });

    it('takes queue messages, JSON and plain, with their metadata', async () => {
      const { invoke } = shared;
      expect(await invoke('queue', message('{"a":1}'))).toMatchObject({
        output: { returnValue: [{ a: 1 }, 'object', 1, null] },
      });
      expect(
        await invoke('queue', message('plain text'), { retry: { retryCount: 1, maxRetryCount: 2 } }),
      ).toMatchObject({ output: { returnValue: ['plain text', 'string', 2, 1] } });
    });

    it('takes groups', async () => {
      const { invoke } = shared;
      const messages = ['{"a":1}', 'plain, "text"', '5'];
      expect(await invoke('group', { kind: 'queueGroup', messages })).toMatchObject({
        output: { returnValue: ['object', 'string', 'number'] },
      });
    });

    it('takes timers', async () => {
      const { invoke } = shared;
      expect(await invoke('timer', timer)).toMatchObject({
        output: {
          returnValue: {
            schedule: { adjustForDST: true },
            scheduleStatus: { last: '2026-01-01T00:00:00Z' },
            isPastDue: true,
          },
        },
      });
    });

    it('passes on what is logged, also late', async () => {
      const { invoke } = shared;
      const lines: string[] = [];
      await new Promise<void>((resolve) => {
        const onLog = ({ level, category, message: text }: LogLine) => {
          if (category === 'user') lines.push(`${level}: ${text.split('\n')[0]}`);
          if (text === 'late') resolve();
        };
        void invoke('logs', message(''), { onLog });
      });
      expect(lines).toEqual([
        'information: info { a: 1 }',
        'warning: warn',
        'error: Error: logged',
        'information: late',
      ]);
    });

    it('tells an error with its class, message and stack', async () => {
      const { invoke } = shared;
      expect(await invoke('throws', message(''))).toEqual({
        state: 'failed',
        failure: {
          source: 'function',
          type: expect.stringMatching(/Error$/),
          message: 'why',
          stack: expect.stringContaining('app.js'),
        },
      });
    });

    it('rejects what is in flight when the process ends', async () => {
      const { invoke, exitCode, channel } = await startV4();
      const hanging = invoke('hangs', message(''));
      const [first, second] = await Promise.allSettled([hanging, invoke('exits', message(''))]);
      expect(first).toMatchObject({ status: 'rejected', reason: expect.any(ChannelClosedError) });
      expect(second).toMatchObject({ status: 'rejected', reason: expect.any(ChannelClosedError) });
      expect(await exitCode).toBe(7);
      await channel.closed;
    });

    it('does not answer a ping while a function blocks it, and does afterwards', async () => {
      const { invoke, channel } = shared;
      const blocking = invoke('blocks', message(''));
      expect(await channel.ping(100)).toBeNull();
      await blocking;
      expect(await channel.ping(10_000)).not.toBeNull();
    });

    it('ends when it is told to', async () => {
      const { channel, exitCode } = await startV4();
      channel.terminate(5);
      await channel.closed;
      expect(await exitCode).toBe(0);
    });
  });

  describe('with an app of the older model', () => {
    beforeAll(async () => {
      shared = await startV3();
    });

    it('tells its functions', async () => {
      const { functions } = shared;
      expect(functions.map(({ name, scriptFile, disabled }) => [name, scriptFile, disabled])).toEqual([
        ['done', 'done/run.js', false],
        ['hello', 'hello/index.js', false],
        ['off', 'off/index.js', true],
        ['tick', 'lib/tick.mjs', false],
      ]);
    });

    it('answers HTTP requests and fills outputs', async () => {
      const { invoke } = shared;
      const result = await invoke(
        'hello',
        http({
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          params: { name: 'n' },
          body: '{"a":1}',
        }),
      );
      expect(result).toMatchObject({
        state: 'succeeded',
        output: { http: { statusCode: 202 }, outputs: { out: [1, { two: 2 }] } },
      });
      const { output } = result as Extract<typeof result, { state: 'succeeded' }>;
      expect(JSON.parse(output.http!.body!)).toEqual({ params: { name: 'n' }, data: 'n', body: { a: 1 } });
      expect(output.http!.headers['content-type']).toMatch(/^application\/json/);
    });

    it('takes timers and messages, in modules and with done', async () => {
      const { invoke } = shared;
      expect(await invoke('tick', timer)).toMatchObject({ output: { returnValue: { isPastDue: true } } });
      const lines: LogLine[] = [];
      expect(await invoke('done', message('{"a":1}'), { onLog: (line) => lines.push(line) })).toMatchObject({
        output: { returnValue: { item: { a: 1 }, id: expect.any(String) } },
      });
      expect(lines).toContainEqual(expect.objectContaining({ level: 'warning', message: 'seen' }));
    });

    it('refuses a disabled function without having run its file', async () => {
      const { invoke } = shared;
      expect(await invoke('off', message(''))).toMatchObject({ failure: { type: 'FunctionDisabled' } });
    });
  });

  describe('with an app that is not in order', () => {
    it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
      [
        'a syntax error',
        { 'package.json': { main: 'src/app.js' }, 'src/app.js': 'const a = 1;\nconst b = ;' },
        /Unexpected token .*\(src\/app\.js:2\)/,
      ],
      [
        'a module that is missing',
        { 'package.json': { main: 'app.js' }, 'app.js': 'require("not-there")' },
        /Cannot find module 'not-there'/,
      ],
      ['an entry point that is missing', { 'package.json': { main: 'gone.js' } }, /gone\.js/],
      [
        'no functions',
        { 'package.json': { main: 'app.js' }, 'app.js': '' },
        /There are no functions in the app/,
      ],
      [
        'a function without a trigger',
        { 'a/function.json': { bindings: [] }, 'a/index.js': '' },
        /a\/function\.json: bindings must have a trigger/,
      ],
      ['a script that exports nothing', { ...V3_APP, 'hello/index.js': 'module.exports = 5;' }, /hello/],
      [
        'an error in a script',
        { ...V3_APP, 'hello/index.js': '\n\nthrow new TypeError("at load");' },
        /at load \(hello\/index\.js:3\)/,
      ],
    ])('says so: %s', async (name, files, problem) => {
      const packageFolder = await writeApp(name.replaceAll(' ', '-'), files);
      await expect(startChannelAlone({ packageFolder, languageWorkerFile })).rejects.toThrow(problem);
    });
  });
});
