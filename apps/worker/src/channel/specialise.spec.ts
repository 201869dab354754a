import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  PLAIN_SCRIPT,
  ScriptedLanguageWorker,
  type Script,
} from '../../../../test/support/doubles/scripted-language-worker.js';
import { GrpcChannelServer } from './grpc-channel-server.js';
import { ChannelClosedError, type LanguageWorkerChannel } from './language-worker-channel.js';

const SUCCESS = { status: 1 } as const;
const APP = {
  packageFolder: '/nowhere',
  appDirectory: '/app',
  environment: { PATH: '/bin', GREETING: 'hello' },
};
const REQUEST = { method: 'GET', url: 'http://h/api/hello', headers: { a: '1' }, query: {}, params: {} };
const NULLABLE = { UseNullableValueDictionaryForHttp: 'true' };

describe('a channel to a language worker that gets its app later', () => {
  let server: GrpcChannelServer;
  let worker: ScriptedLanguageWorker;
  let channel: LanguageWorkerChannel;

  async function open(reload: Script['functionEnvironmentReloadRequest']): Promise<void> {
    const port = await server.listen('127.0.0.1');
    const accepted = server.accept('token', 30);
    worker = new ScriptedLanguageWorker(port, {
      ...PLAIN_SCRIPT,
      workerInitRequest: () => ({ workerInitResponse: { result: SUCCESS, capabilities: NULLABLE } }),
      ...(reload ? { functionEnvironmentReloadRequest: reload } : {}),
    }).start('token');
    channel = await accepted;
    await channel.initialise();
  }

  /** How the headers of an HTTP request are sent tells which capabilities the channel goes by. */
  async function sentHeaders(): Promise<unknown> {
    const input = { kind: 'http', request: REQUEST } as const;
    void channel
      .invoke({ invocationId: 'i', functionName: 'hello', input, onLog: () => undefined })
      .catch(() => undefined);
    await channel.ping(30_000);
    const [request] = worker.contentsOf('invocationRequest');
    return request?.inputData?.[0]?.data?.http;
  }

  beforeEach(() => {
    server = new GrpcChannelServer({ maxMessageBytes: 64 * 1024, stepTimeoutSeconds: 30 });
  });

  afterEach(async () => {
    worker.die();
    await server.close();
  });

  it('initialises it for no app, then replaces its environment and loads the app', async () => {
    await open(() => ({ functionEnvironmentReloadResponse: { result: SUCCESS } }));
    expect(worker.contentsOf('workerInitRequest')[0]?.functionAppDirectory ?? '').toBe('');
    expect(await channel.specialise(APP)).toMatchObject({ problems: [], functions: [{ name: 'hello' }] });
    expect(worker.received.map((message) => Object.keys(message).at(-1))).toEqual([
      'workerInitRequest',
      'functionEnvironmentReloadRequest',
      'functionsMetadataRequest',
      'functionLoadRequest',
    ]);
    expect(worker.contentsOf('functionEnvironmentReloadRequest')[0]).toMatchObject({
      environmentVariables: { PATH: '/bin', GREETING: 'hello' },
      functionAppDirectory: '/app',
    });
  });

  it('keeps the capabilities of the start where the new ones are to be merged', async () => {
    await open(() => ({ functionEnvironmentReloadResponse: { result: SUCCESS, capabilities: {} } }));
    await channel.specialise(APP);
    expect(await sentHeaders()).toHaveProperty('nullableHeaders');
  });

  it('forgets them where the new ones replace them', async () => {
    await open(() => ({
      functionEnvironmentReloadResponse: {
        result: SUCCESS,
        capabilities: {},
        capabilitiesUpdateStrategy: 1,
      },
    }));
    await channel.specialise(APP);
    expect(await sentHeaders()).toHaveProperty('headers');
  });

  it('says what is wrong with the app', async () => {
    const exception = { message: 'no such folder' };
    await open(() => ({ functionEnvironmentReloadResponse: { result: { exception } } }));
    expect(await channel.specialise(APP)).toEqual({ problems: ['no such folder'], functions: [] });
  });

  it('tells a language worker that ends from an app that is broken', async () => {
    await open(() => {
      worker.die();
      return undefined;
    });
    await expect(channel.specialise(APP)).rejects.toThrow(ChannelClosedError);
  });
});
