import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type Server as HttpServer,
} from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { waitFor } from '../../../../test/support/wait-for.js';
import { HttpRelay } from './http-relay.js';

jest.setTimeout(60_000);
const WAIT = { timeoutMs: 50_000 };

/** The worker's end: keeps tunnels that open with the right line, refuses all others. */
class TestWorkerEnd {
  readonly tunnels: Socket[] = [];
  refused = 0;
  readonly #server: Server = createServer((socket) => this.#greet(socket));
  readonly #sockets = new Set<Socket>();

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** An idle tunnel, once there is one. */
  take(): Promise<Socket> {
    return waitFor(() => this.tunnels.shift(), WAIT);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.once('data', (line: Buffer) => {
      if (line.toString() === 'NIGHTJAR-TUNNEL right\n') this.tunnels.push(socket);
      else {
        this.refused += 1;
        socket.destroy();
      }
    });
  }
}

describe('HttpRelay', () => {
  let workerEnd: TestWorkerEnd;
  let workerPort: number;
  let server: HttpServer;
  let serverPort: number;
  let relay: HttpRelay | undefined;

  beforeEach(async () => {
    workerEnd = new TestWorkerEnd();
    workerPort = await workerEnd.listen();
    server = createHttpServer((incoming, outgoing) => {
      if (incoming.url === '/echo') incoming.pipe(outgoing);
      else if (incoming.url === '/breaks') outgoing.write('half', () => outgoing.destroy());
      else outgoing.write('waiting');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    serverPort = (server.address() as AddressInfo).port;
  });

  afterEach(async () => {
    relay?.stop();
    server.closeAllConnections();
    server.close();
    await workerEnd.close();
  });

  function start(token = 'right', port = serverPort): void {
    relay = new HttpRelay({ host: '127.0.0.1', port: workerPort, token }, port);
    relay.start();
  }

  async function ask(path: string, body = '') {
    const tunnel = await workerEnd.take();
    const sent = request({ createConnection: () => tunnel, method: 'POST', path });
    sent.on('error', () => undefined);
    sent.end(body);
    const response = once(sent, 'response').then(([message]: IncomingMessage[]) => message!);
    // A test may be interested in the tunnel only.
    response.catch(() => undefined);
    return { tunnel, response };
  }

  it('keeps a few tunnels open, and opens another for each that is used', async () => {
    start();
    await waitFor(() => workerEnd.tunnels.length === 4, WAIT);
    const { response } = await ask('/echo', 'hello');
    expect(await text(await response)).toBe('hello');
    await waitFor(() => workerEnd.tunnels.length === 4, WAIT);
  });

  it('carries many exchanges at once', async () => {
    start();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        text(await (await ask('/echo', `number ${index}`)).response),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => `number ${index}`));
  });

  it('passes on that the server broke off', async () => {
    start();
    const { response } = await ask('/breaks');
    await expect(text(await response)).rejects.toThrow('aborted');
  });

  it('passes on that the worker broke off', async () => {
    start();
    const closed = new Promise((resolve) =>
      server.once('request', (incoming) => incoming.once('close', resolve)),
    );
    const { tunnel, response } = await ask('/waits');
    await response;
    tunnel.destroy();
    await closed;
  });

  it('ends a tunnel when nothing listens at its other end, and goes on', async () => {
    server.close();
    start();
    const { tunnel } = await ask('/echo');
    await once(tunnel, 'close');
    await workerEnd.take();
  });

  it('tries again after a refusal, and not at once', async () => {
    start('wrong');
    await waitFor(() => workerEnd.refused >= 8, WAIT);
    expect(workerEnd.tunnels).toEqual([]);
  });

  it('opens tunnels again after they were lost', async () => {
    start();
    (await workerEnd.take()).destroy();
    await waitFor(() => workerEnd.tunnels.filter((tunnel) => !tunnel.destroyed).length === 4, WAIT);
  });

  it('ends its idle tunnels when it is stopped', async () => {
    start();
    const tunnel = await workerEnd.take();
    tunnel.resume();
    relay!.stop();
    await once(tunnel, 'end');
  });
});
