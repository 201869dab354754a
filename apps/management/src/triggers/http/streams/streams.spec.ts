import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { encodeOpening, streamPath, type StreamOpening } from '#shared/contracts/http-streams.js';
import type { InvocationJob } from '#shared/contracts/jobs.js';
import type { InvocationReply } from '#shared/contracts/replies.js';
import { newId } from '#shared/domain/ids.js';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../../../test/support/management-in-process.js';
import { Catalogue } from '../../../catalogue/catalogue.js';
import { waitFor } from '../../../../../../test/support/wait-for.js';

jest.setTimeout(60_000);
const WAIT = { timeoutMs: 50_000 };
const HEAD: StreamOpening = {
  kind: 'head',
  status: 201,
  headers: [
    ['x-a', '1'],
    ['connection', 'x-b'],
    ['x-b', '2'],
  ],
};

const HOST = {
  functionTimeoutSeconds: 60,
  http: {
    routePrefix: 'api',
    maxConcurrentRequests: null,
    maxOutstandingRequests: null,
    customHeaders: { 'x-own': 'o' },
  },
  logLevels: {},
};

const VERSION = {
  packageDigest: '0'.repeat(64),
  packageSizeBytes: 1,
  host: HOST,
  functions: [
    {
      name: 'f',
      programmingModel: 'v4',
      disabled: false,
      bindings: [
        { name: 'req', type: 'httpTrigger', direction: 'in', authLevel: 'anonymous' },
        { name: '$return', type: 'http', direction: 'out' },
      ],
    },
  ],
  schedules: [],
  streamsHttp: true,
} as const;

/** Management for real; the worker's part is played by the test, over HTTP. */
describe('streamed calls', () => {
  let management: ManagementInProcess;
  let reply: Omit<InvocationReply, 'kind' | 'id'> | null = null;
  const open: ClientRequest[] = [];

  beforeAll(async () => {
    management = await startWith('60');
  });

  async function startWith(waitSeconds: string): Promise<ManagementInProcess> {
    const started = await startManagementInProcess({ index: () => null, run: () => reply }, [
      '--max-request-body-bytes',
      '10',
      '--http-wait-seconds',
      waitSeconds,
    ]);
    const { id: appId } = await started.stores.catalogue.findOrCreateApp('streams');
    await started.app.get(Catalogue).activate({ ...VERSION, id: newId(), appId });
    return started;
  }

  afterEach(() => {
    for (const one of open.splice(0)) one.destroy();
    reply = null;
  });

  afterAll(async () => {
    await management.stop();
  });

  function send(
    url: string,
    options: { method?: string; headers?: Record<string, string> } = {},
  ): ClientRequest {
    const sent = request(url, { agent: false, ...options });
    sent.on('error', () => undefined);
    open.push(sent);
    return sent;
  }

  async function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  /** A client's call, and the job that came of it. */
  async function call(options: { method?: string; headers?: Record<string, string> } = {}) {
    const before = management.queue.taken.length;
    const client = send(`${management.url}/apps/streams/api/f`, options);
    const response = responseTo(client);
    response.catch(() => undefined);
    if (options.method === undefined) client.end();
    else client.flushHeaders();
    const job = await waitFor(() => management.queue.taken[before] as InvocationJob | undefined, WAIT);
    return { client, response, job };
  }

  const bearer = (job: InvocationJob) => ({ authorization: `Bearer ${job.stream?.token}` });

  /** The worker asks for the request's body. */
  function claim(job: InvocationJob, tryId: string): ClientRequest {
    const sent = send(`${job.stream?.instanceUrl}${streamPath(job.id, 'request', tryId)}`, {
      headers: bearer(job),
    });
    sent.end();
    return sent;
  }

  /** The worker begins to answer. */
  function respond(job: InvocationJob, tryId: string): ClientRequest {
    const url = `${job.stream?.instanceUrl}${streamPath(job.id, 'response', tryId)}`;
    const sent = send(url, {
      method: 'POST',
      headers: { ...bearer(job), 'content-type': 'application/octet-stream' },
    });
    sent.flushHeaders();
    return sent;
  }

  async function claimed(options: Parameters<typeof call>[0] = {}) {
    const called = await call(options);
    const tryId = newId();
    const body = await responseTo(claim(called.job, tryId));
    expect(body.statusCode).toBe(200);
    return { ...called, tryId, body };
  }

  it('carry bodies of any size both ways, each piece as it comes', async () => {
    const { client, response, job, tryId, body } = await claimed({ method: 'POST' });
    expect(job.input).toMatchObject({ kind: 'http', request: { method: 'POST' } });
    client.write('longer than the limit of ten bytes');
    expect(String((await once(body, 'data'))[0])).toBe('longer than the limit of ten bytes');
    const answer = respond(job, tryId);
    answer.write(Buffer.concat([encodeOpening(HEAD), Buffer.from('first')]));
    const received = await response;
    expect(received.statusCode).toBe(201);
    expect(received.headers).toMatchObject({ 'x-a': '1', 'x-own': 'o', connection: 'close' });
    expect(received.headers).not.toHaveProperty('x-b');
    expect(String((await once(received, 'data'))[0])).toBe('first');
    client.end('end');
    expect(await text(body)).toBe('end');
    const done = responseTo(answer);
    answer.end('last');
    expect(await text(received)).toBe('last');
    expect((await done).statusCode).toBe(204);
  });

  it('break the client’s response off when the worker’s breaks off', async () => {
    const { response, job, tryId } = await claimed();
    const answer = respond(job, tryId);
    answer.write(Buffer.concat([encodeOpening(HEAD), Buffer.from('half')]));
    const received = await response;
    answer.destroy();
    await expect(text(received)).rejects.toThrow('aborted');
  });

  it('break the worker’s requests off when the client goes', async () => {
    const { client, response, job, tryId, body } = await claimed({ method: 'POST' });
    const answer = respond(job, tryId);
    const broken = new Promise((resolve) => answer.once('close', resolve));
    answer.write(encodeOpening(HEAD));
    await response;
    client.destroy();
    await broken;
    await expect(text(body)).rejects.toThrow('aborted');
  });

  it.each([
    ['failed', 500],
    ['timedOut', 504],
    ['cancelled', 503],
  ] as const)('that ended without an answer are told by their end: %s', async (state, status) => {
    const { response, job, tryId } = await claimed();
    respond(job, tryId).end(encodeOpening({ kind: 'ended', state }));
    const received = await response;
    expect([received.statusCode, await text(received)]).toEqual([status, '']);
  });

  it('let one try in at a time, and another when it has gone before anything flowed', async () => {
    const { response, job } = await call();
    const [first, second] = [newId(), newId()];
    const taken = claim(job, first);
    await text(await responseTo(taken));
    const lost = respond(job, first);
    expect((await responseTo(claim(job, second))).statusCode).toBe(409);
    expect((await responseTo(respond(job, second))).statusCode).toBe(409);
    lost.destroy();
    await waitFor(async () => (await responseTo(claim(job, second))).statusCode === 200, WAIT);
    respond(job, second).end(encodeOpening({ kind: 'head', status: 200, headers: [] }));
    expect((await response).statusCode).toBe(200);
  });

  it('let nobody try again what has flowed', async () => {
    const { client, response, job, tryId, body } = await claimed({ method: 'POST' });
    client.write('gone');
    await once(body, 'data');
    const lost = respond(job, tryId);
    expect((await responseTo(claim(job, newId()))).statusCode).toBe(410);
    lost.destroy();
    expect((await response).statusCode).toBe(503);
  });

  it('let nobody in with another token, or after their end', async () => {
    const { response, job } = await call();
    const wrong = { ...job, stream: { instanceUrl: management.url, token: 'wrong' } };
    expect((await responseTo(claim(wrong, newId()))).statusCode).toBe(404);
    const tryId = newId();
    await text(await responseTo(claim(job, tryId)));
    respond(job, tryId).end(encodeOpening({ kind: 'ended', state: 'failed' }));
    expect((await response).statusCode).toBe(500);
    expect((await responseTo(claim(job, newId()))).statusCode).toBe(404);
  });

  it('are 500 when the function’s headers can not be sent, and nothing of them is', async () => {
    const { response, job, tryId } = await claimed();
    respond(job, tryId).write(encodeOpening({ kind: 'head', status: 200, headers: [['x-a', 'a\r\nb: c']] }));
    const received = await response;
    expect(received.statusCode).toBe(500);
    expect(received.headers).not.toHaveProperty('b');
  });

  it('are 503 when a worker says that it can not get there', async () => {
    reply = { state: 'abandoned' };
    const { response } = await call();
    expect((await response).statusCode).toBe(503);
  });

  it('are 504 with Retry-After when no worker answers in time, and no 202', async () => {
    const impatient = await startWith('1');
    const client = send(`${impatient.url}/apps/streams/api/f`);
    client.end();
    const received = await responseTo(client);
    expect([received.statusCode, Number(received.headers['retry-after'])]).toEqual([504, 5]);
    const job = impatient.queue.taken[0] as InvocationJob;
    expect((await responseTo(claim(job, newId()))).statusCode).toBe(404);
    await impatient.stop();
  });

  it('are cut off, not ended, when management has to stop before they do', async () => {
    const stopping = await startWith('60');
    const client = send(`${stopping.url}/apps/streams/api/f`);
    client.end();
    const job = await waitFor(() => stopping.queue.taken[0] as InvocationJob | undefined, WAIT);
    const tryId = newId();
    await text(await responseTo(claim(job, tryId)));
    const answer = respond(job, tryId);
    const broken = new Promise((resolve) => answer.once('close', resolve));
    answer.write(Buffer.concat([encodeOpening(HEAD), Buffer.from('half')]));
    const received = await responseTo(client);
    await once(received, 'data');
    const stopped = stopping.stop();
    // What the process does when the grace is over.
    stopping.app.getHttpServer().closeAllConnections();
    await expect(text(received)).rejects.toThrow('aborted');
    await broken;
    await stopped;
  });

  it('are calls of the ordinary kind when their answer is to be kept', async () => {
    const before = management.queue.taken.length;
    const accepted = await fetch(`${management.url}/apps/streams/api/f`, {
      method: 'POST',
      headers: { prefer: 'respond-async' },
      body: 'short',
    });
    expect(accepted.status).toBe(202);
    const job = await waitFor(() => management.queue.taken[before] as InvocationJob | undefined, WAIT);
    expect(job.stream).toBeUndefined();
    expect(job.input).toMatchObject({ request: { body: 'short' } });
  });
});
