import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLine } from '#shared/domain/invocation.js';
import {
  PLAIN_SCRIPT,
  ScriptedLanguageWorker,
  type Script,
} from '../../../../test/support/doubles/scripted-language-worker.js';
import { GrpcChannelServer } from './grpc-channel-server.js';
import {
  ChannelClosedError,
  ChannelTimeoutError,
  type ChannelInvocation,
  type LanguageWorkerChannel,
} from './language-worker-channel.js';

const MAX_MESSAGE_BYTES = 64 * 1024;
const request = { method: 'GET', url: 'http://h/api/hello', headers: {}, query: {}, params: {} };

describe('GrpcLanguageWorkerChannel', () => {
  let folder: string;
  let server: GrpcChannelServer;
  let worker: ScriptedLanguageWorker;
  let channel: LanguageWorkerChannel;
  const strayLines: LogLine[] = [];

  async function open(script: Script = {}): Promise<LanguageWorkerChannel> {
    const port = await server.listen('127.0.0.1');
    const accepted = server.accept('token', 60);
    worker = new ScriptedLanguageWorker(port, { ...PLAIN_SCRIPT, ...script }).start('token');
    channel = await accepted;
    return channel;
  }

  async function openLoaded(script: Script = {}): Promise<void> {
    await open(script);
    const loaded = await load();
    expect(loaded.problems).toEqual([]);
  }

  const load = () => channel.loadApp({ packageFolder: folder, appDirectory: '/app' });

  function invocation(more: Partial<ChannelInvocation> = {}): ChannelInvocation {
    return {
      invocationId: 'i-1',
      functionName: 'hello',
      input: { kind: 'http', request },
      onLog: () => undefined,
      ...more,
    };
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-channel-'));
    strayLines.length = 0;
    server = new GrpcChannelServer({
      maxMessageBytes: MAX_MESSAGE_BYTES,
      stepTimeoutSeconds: 4,
      onStrayLog: (line) => strayLines.push(line),
    });
  });

  afterEach(async () => {
    worker.die();
    await server.close();
    await rm(folder, { recursive: true });
  });

  describe('loading an app', () => {
    it('initialises, asks for the functions and loads each, in this order', async () => {
      await open();
      expect(await load()).toMatchObject({
        problems: [],
        functions: [{ name: 'hello', programmingModel: 'v4', disabled: false }],
      });
      expect(worker.received.map((message) => Object.keys(message).at(-1))).toEqual([
        'workerInitRequest',
        'functionsMetadataRequest',
        'functionLoadRequest',
      ]);
      expect(worker.contentsOf('workerInitRequest')[0]).toMatchObject({
        hostVersion: expect.stringMatching(/^4\./),
        functionAppDirectory: '/app',
      });
      expect(worker.contentsOf('functionLoadRequest')[0]).toMatchObject({ functionId: 'id-of-hello' });
    });

    it('reads the function.json files where the worker does not know its functions', async () => {
      await mkdir(join(folder, 'nightly'));
      const bindings = [
        { type: 'timerTrigger', name: 'timer', direction: 'in', schedule: '0 0 2 * * *' },
        { type: 'queue', name: 'out', direction: 'out', queueName: 'q', dataType: 'string' },
      ];
      await writeFile(join(folder, 'nightly/function.json'), JSON.stringify({ bindings, entryPoint: 'go' }));
      await writeFile(join(folder, 'nightly/index.js'), '');
      await open({
        functionsMetadataRequest: () => ({
          functionMetadataResponse: { result: { status: 1 }, useDefaultMetadataIndexing: true },
        }),
      });
      expect(await load()).toMatchObject({ functions: [{ name: 'nightly', programmingModel: 'v3' }] });
      const [{ metadata }] = worker.contentsOf('functionLoadRequest') as [{ metadata: object }];
      expect(metadata).toMatchObject({
        name: 'nightly',
        directory: '/app/nightly',
        scriptFile: '/app/nightly/index.js',
        entryPoint: 'go',
        bindings: { timer: { type: 'timerTrigger', direction: 0 }, out: { direction: 1, dataType: 1 } },
      });
    });

    it.each<[string, Script, string]>([
      [
        'of the start',
        {
          workerInitRequest: () => ({
            workerInitResponse: { result: { exception: { message: 'no start' } } },
          }),
        },
        'no start',
      ],
      [
        'of the entry point',
        {
          functionsMetadataRequest: () => ({
            functionMetadataResponse: {
              result: { exception: { message: 'bad entry', stackTrace: 'Error\n at /app/src/a.js:4:1' } },
            },
          }),
        },
        'src/a.js:4: bad entry',
      ],
      [
        'of a function',
        {
          functionLoadRequest: () => ({
            functionLoadResponse: { result: { exception: { message: 'no script' } } },
          }),
        },
        'no script',
      ],
      [
        'of no functions',
        { functionsMetadataRequest: () => ({ functionMetadataResponse: { result: { status: 1 } } }) },
        'There are no functions in the app',
      ],
    ])('tells the problem %s', async (_, script, problem) => {
      await open(script);
      const { problems, functions } = await load();
      expect(problems).toEqual([expect.stringContaining(problem)]);
      expect(functions).toEqual([]);
    });

    it('tells all that is wrong with the functions at once', async () => {
      const trigger = '{"type":"timerTrigger","name":"t","direction":"in","schedule":"* * * * * *"}';
      await open({
        functionsMetadataRequest: () => ({
          functionMetadataResponse: {
            result: { status: 1 },
            functionMetadataResults: [
              { name: 'a', rawBindings: [] },
              { name: 'b!', rawBindings: [trigger] },
              { name: 'c', rawBindings: [trigger], status: { exception: { message: 'c is broken' } } },
            ],
          },
        }),
      });
      expect((await load()).problems).toEqual([
        expect.stringContaining('Function "a"'),
        expect.stringContaining('"b!"'),
        'c is broken',
      ]);
    });

    it('refuses two functions whose names differ in case only', async () => {
      const rawBindings = ['{"type":"timerTrigger","name":"t","schedule":"* * * * * *"}'];
      await open({
        functionsMetadataRequest: () => ({
          functionMetadataResponse: {
            functionMetadataResults: [
              { name: 'hello', rawBindings },
              { name: 'Hello', rawBindings },
            ],
          },
        }),
      });
      expect((await load()).problems).toEqual(['There are two functions with the name "Hello".']);
    });

    it('gives up on a step without an answer', async () => {
      await open({ functionsMetadataRequest: () => undefined });
      await expect(load()).rejects.toThrow(ChannelTimeoutError);
    });

    it('ends with the stream', async () => {
      await open({
        functionsMetadataRequest: (_, double) => {
          double.die();
          return undefined;
        },
      });
      await expect(load()).rejects.toThrow(ChannelClosedError);
    });
  });

  describe('invoking', () => {
    it('answers with what came back, though out of order', async () => {
      await openLoaded();
      const [first, second] = [
        channel.invoke(invocation({ invocationId: 'a' })),
        channel.invoke(invocation({ invocationId: 'b' })),
      ];
      for (const [invocationId, statusCode] of [
        ['b', '202'],
        ['nobody', '200'],
        ['a', '201'],
      ] as const) {
        worker.send({
          invocationResponse: { invocationId, result: { status: 1 }, returnValue: { http: { statusCode } } },
        });
      }
      expect(await first).toEqual({ state: 'succeeded', output: { http: { statusCode: 201, headers: {} } } });
      expect(await second).toMatchObject({ output: { http: { statusCode: 202 } } });
    });

    it('follows the capabilities of the worker', async () => {
      await openLoaded({
        workerInitRequest: () => ({
          workerInitResponse: {
            result: { status: 1 },
            capabilities: { RawHttpBodyBytes: 'true', UseNullableValueDictionaryForHttp: 'true' },
          },
        }),
        invocationRequest: ({ invocationId }) => ({
          invocationResponse: { invocationId, result: { status: 1 } },
        }),
      });
      const body = { ...request, query: { q: '1' }, body: 'text' };
      const result = await channel.invoke(invocation({ input: { kind: 'http', request: body } }));
      expect(result).toMatchObject({ state: 'succeeded', output: { http: { statusCode: 204 } } });
      const [sent] = worker.contentsOf('invocationRequest');
      const http = sent!.inputData![0]!.data!.http!;
      expect(http.nullableQuery!['q']!.value).toBe('1');
      expect(Buffer.from(http.body!.bytes!).toString()).toBe('text');
    });

    it('passes on log lines, also those that come after the response', async () => {
      const lines: string[] = [];
      await openLoaded({
        invocationRequest: ({ invocationId }) => [
          { rpcLog: { invocationId, message: 'before', level: 2 } },
          { invocationResponse: { invocationId, result: { status: 1 } } },
          { rpcLog: { invocationId, message: 'after', level: 3, logCategory: 1 } },
          { rpcLog: { invocationId: 'other', message: 'stray' } },
        ],
      });
      const seen = new Promise<void>((resolve) => {
        const onLog = (line: LogLine) => {
          lines.push(`${line.level} ${line.category} ${line.message}`);
          if (lines.length === 2) resolve();
        };
        void channel.invoke(invocation({ onLog }));
      });
      await seen;
      await channel.ping(1000);
      expect(lines).toEqual(['information user before', 'warning system after']);
      expect(strayLines.map(({ message }) => message)).toContain('stray');
    });

    it.each<[string, Partial<ChannelInvocation>, string]>([
      ['an unknown function', { functionName: 'nobody' }, 'FunctionNotFound'],
      ['an input of another kind', { input: { kind: 'queue', message: '' } }, 'InputMismatch'],
      [
        'an input that is too large',
        { input: { kind: 'http', request: { ...request, body: 'x'.repeat(MAX_MESSAGE_BYTES) } } },
        'InputTooLarge',
      ],
    ])('refuses %s, and the stream goes on', async (_, more, type) => {
      await openLoaded();
      expect(await channel.invoke(invocation(more))).toMatchObject({
        state: 'failed',
        failure: { source: 'platform', type },
      });
      expect(await channel.ping(1000)).not.toBeNull();
    });

    it('cancels', async () => {
      await openLoaded({
        invocationCancel: ({ invocationId }) => ({
          invocationResponse: { invocationId, result: { status: 2 } },
        }),
      });
      const result = channel.invoke(invocation());
      channel.cancel('i-1');
      expect(await result).toEqual({ state: 'cancelled' });
    });

    it.each<[string, (double: ScriptedLanguageWorker) => void]>([
      ['dies', (double) => double.die()],
      ['closes its side', (double) => double.finish()],
    ])('rejects what is in flight when the worker %s', async (_, leave) => {
      await openLoaded();
      const [first, second] = [
        channel.invoke(invocation()),
        channel.invoke(invocation({ invocationId: 'b' })),
      ];
      leave(worker);
      await Promise.all([
        expect(first).rejects.toThrow(ChannelClosedError),
        expect(second).rejects.toThrow(ChannelClosedError),
      ]);
      await channel.closed;
      await expect(channel.invoke(invocation())).rejects.toThrow(ChannelClosedError);
      channel.cancel('i-1');
      channel.terminate(0);
      expect(await channel.ping(1000)).toBeNull();
    });

    it('ends with a message over the limit', async () => {
      await openLoaded({
        invocationRequest: ({ invocationId }) => ({
          invocationResponse: { invocationId, returnValue: { string: 'x'.repeat(MAX_MESSAGE_BYTES) } },
        }),
      });
      await expect(channel.invoke(invocation())).rejects.toThrow(ChannelClosedError);
    });
  });

  it('measures the round trip of a status request', async () => {
    await open();
    expect(await channel.ping(1000)).toBeGreaterThan(0);
  });

  it('says so when a status request goes unanswered', async () => {
    await open({ workerStatusRequest: () => undefined });
    expect(await channel.ping(50)).toBeNull();
  });

  it('says goodbye before it closes', async () => {
    await open();
    channel.terminate(0);
    await channel.closed;
    expect(await worker.ended).toBe(0);
    expect(worker.contentsOf('workerTerminate')).toHaveLength(1);
  });

  it('leaves the worker its time to end', async () => {
    await open({
      workerTerminate: (_, double) => {
        double.finish();
        return undefined;
      },
    });
    const started = performance.now();
    channel.terminate(60);
    await channel.closed;
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
