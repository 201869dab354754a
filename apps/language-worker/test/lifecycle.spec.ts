import { beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { RpcStatus } from '#shared/contracts/function-rpc/messages.js';
import type { TestWorker } from './support/test-worker.js';
import { v4App } from './support/v4-app.js';
import { withHost } from './support/with-host.js';

const fixture = withHost();
let folder: string;

beforeAll(async () => {
  folder = await fixture.folders.write(v4App);
}, 60_000);

async function startWithApp(): Promise<TestWorker> {
  const worker = await fixture.host.startWorker();
  await worker.initialize(folder);
  await worker.describeFunctions();
  return worker;
}

interface Seen {
  environment: Record<string, string>;
  directory: string;
  seen: string[];
}

async function environmentOf(worker: TestWorker): Promise<Seen> {
  const { response } = await worker.trigger('environment', { string: '' });
  return JSON.parse(response.returnValue!.json!) as Seen;
}

describe('the language worker', () => {
  it('introduces itself with its token and the request that it was started for', async () => {
    const worker = await fixture.host.startWorker();
    expect(worker.firstRequestId).toBe('request-0');
  });

  it('takes the other set of arguments, too', async () => {
    const args = ['--host', '127.0.0.1', '--port', String(fixture.host.port), '--workerId', 'worker-other'];
    const more = ['--requestId', 'r-7', '--grpcMaxMessageLength', '1000000'];
    const worker = await fixture.host.startWorker({ args: [...args, ...more], workerId: 'worker-other' });
    expect(worker.firstRequestId).toBe('r-7');
  });

  it('says what it is and what it can', async () => {
    const worker = await fixture.host.startWorker();
    expect(await worker.initialize(folder)).toMatchObject({
      result: { status: RpcStatus.Success },
      workerMetadata: {
        runtimeName: 'node',
        runtimeVersion: process.versions.node,
        customProperties: { modelName: '@azure/functions', modelVersion: expect.stringMatching(/^4\./) },
      },
      capabilities: {
        RawHttpBodyBytes: 'true',
        RpcHttpBodyOnly: 'true',
        UseNullableValueDictionaryForHttp: 'true',
        HandlesWorkerTerminateMessage: 'true',
      },
    });
  });

  it('runs in the app’s folder, after the app’s start hooks', async () => {
    const seen = await environmentOf(await startWithApp());
    expect(seen.directory).toBe(folder);
    expect(seen.seen).toEqual(['appStart', 'object']);
  });

  it('answers status requests while functions run', async () => {
    const worker = await startWithApp();
    const slow = worker.trigger('slow', { int: 200 });
    expect((await worker.request({ workerStatusRequest: {} })).workerStatusResponse).toEqual({});
    worker.send({ invocationCancel: { invocationId: 'nobody' } });
    worker.send({ workerHeartbeat: {} });
    expect((await slow).response.returnValue).toEqual({ string: 'done' });
  });

  it('waits as a placeholder and becomes an app, with a new environment', async () => {
    const worker = await fixture.host.startWorker({ environment: { BEFORE: '1', PATH: '/old' } });
    expect((await worker.initialize()).result!.status).toBe(RpcStatus.Success);
    const warm = await worker.request({ workerWarmupRequest: {} });
    expect(warm.workerWarmupResponse!.result!.status).toBe(RpcStatus.Success);
    const { functionEnvironmentReloadResponse: response } = await worker.request({
      functionEnvironmentReloadRequest: {
        environmentVariables: { AFTER: '2', PATH: '/new' },
        functionAppDirectory: folder,
      },
    });
    expect(response!.result!.status).toBe(RpcStatus.Success);
    expect(response!.capabilities).toHaveProperty('RawHttpBodyBytes');
    expect(response!.workerMetadata!.customProperties!['modelVersion']).toMatch(/^4\./);
    await worker.describeFunctions();
    expect(await environmentOf(worker)).toEqual({
      environment: { AFTER: '2', PATH: '/new' },
      directory: folder,
      seen: ['appStart', 'object'],
    });
  });

  it.each(['commonjs', 'module'])('loads an app anew at each reload (%s)', async (type) => {
    const load =
      type === 'module'
        ? "import { app } from '@azure/functions';"
        : "const { app } = require('@azure/functions');";
    const main = `${load} const name = process.env.NAME; app.http(name, { handler: async () => ({ body: name }) });`;
    const app = await fixture.folders.write({ 'package.json': { type, main: 'app.js' }, 'app.js': main });
    const worker = await fixture.host.startWorker({ environment: { NAME: 'first' } });
    await worker.initialize(app);
    for (const name of ['second', 'third']) {
      const environmentVariables = { NAME: name };
      await worker.request({
        functionEnvironmentReloadRequest: { environmentVariables, functionAppDirectory: app },
      });
      const { functionMetadataResults } = await worker.describeFunctions();
      expect(functionMetadataResults!.map((metadata) => metadata.name)).toEqual([name]);
      const { http } = await worker.callHttp(name);
      expect(Buffer.from(http.body!.bytes!).toString()).toBe(name);
    }
  });

  it('fails to reload into a folder that is not there', async () => {
    const worker = await fixture.host.startWorker();
    await worker.initialize();
    const answer = await worker.request({
      functionEnvironmentReloadRequest: { functionAppDirectory: '/not/there' },
    });
    expect(answer.functionEnvironmentReloadResponse!.result).toMatchObject({
      status: RpcStatus.Failure,
      exception: { message: expect.stringContaining('ENOENT') },
    });
  });
});

describe('the end of the language worker', () => {
  it('waits for what runs, and lets the app say goodbye', async () => {
    const app = await fixture.folders.write({
      'package.json': { main: 'app.js' },
      'app.js': `
        const { app, trigger } = require('@azure/functions');
        app.generic('slow', { trigger: trigger.generic({ type: 'eventTrigger', name: 'event' }),
          handler: () => new Promise((resolve) => setTimeout(() => resolve('done'), 200)) });
        app.hook.appTerminate(async () => { console.log('goodbye'); });`,
    });
    const worker = await fixture.host.startWorker();
    await worker.initialize(app);
    await worker.describeFunctions();
    const slow = worker.trigger('slow', { string: '' });
    worker.send({ workerTerminate: { gracePeriod: { seconds: 5 } } });
    expect((await slow).response.returnValue).toEqual({ string: 'done' });
    expect(await worker.ended()).toEqual({ code: 0, stdout: 'goodbye\n', stderr: '' });
  });

  it('does not wait longer than the grace period', async () => {
    const worker = await startWithApp();
    const started = performance.now();
    void worker.trigger('slow', { int: 20_000 });
    worker.send({ workerTerminate: { gracePeriod: { nanos: 200_000_000 } } });
    expect((await worker.ended()).code).toBe(0);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('comes when the host hangs up', async () => {
    const worker = await startWithApp();
    worker.hangUp();
    expect(await worker.ended()).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('comes with an error when the connection breaks', async () => {
    const worker = await startWithApp();
    worker.breakOff();
    const { code, stderr } = await worker.ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The stream to the host broke: /);
  });

  it('comes with the stack of an error that nobody catches, after what was logged', async () => {
    const worker = await startWithApp();
    void worker.trigger('detached', { string: '' });
    const { code, stderr } = await worker.ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Uncaught exception: Error: nobody catches this\n {4}at .*events\.js:\d+/);
    expect(worker.logs.map(({ message }) => message)).toContain('before the end');
  });

  it('comes with the exit code that a function asks for', async () => {
    const worker = await startWithApp();
    void worker.trigger('exits', { string: '' });
    expect((await worker.ended()).code).toBe(7);
  });

  it('leaves stdout and stderr to the functions', async () => {
    const worker = await startWithApp();
    await worker.trigger('logs', { string: '' });
    worker.hangUp();
    expect(await worker.ended()).toEqual({ code: 0, stdout: 'to stdout\n', stderr: 'to stderr\n' });
  });

  it.each([
    [[], /^Missing argument: --functions-uri, or --host and --port\n$/],
    [['--functions-uri', 'nonsense'], /^--functions-uri is no URL: nonsense\n$/],
  ])('comes at once for the arguments %j', async (args, message) => {
    const { code, stderr } = await fixture.host.runToEnd(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('comes when nobody listens, and when a host turns it away', async () => {
    const port = await unusedPort();
    const nobody = await fixture.host.runToEnd(fixture.host.argumentsFor('worker-x', port));
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringMatching(/ECONNREFUSED/) });
    const turnedAway = await fixture.host.runToEnd(fixture.host.argumentsFor('worker-nobody-waits-for'));
    expect(turnedAway.code).toBe(1);
    expect(turnedAway.stderr).toMatch(/gRPC status 16 \(Who is there\?\)/);
  });
});

/** A port that was free a moment ago. */
async function unusedPort(): Promise<number> {
  for (let port = 20_000; ; port += 1) {
    const isFree = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(false));
      socket.once('error', () => resolve(true));
      socket.once('close', () => socket.destroy());
      socket.unref();
    });
    if (isFree) return port;
  }
}
