import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { encodeFramedMessage } from '#shared/contracts/function-rpc/codec.js';
import { EVENT_STREAM_PATH } from '#shared/contracts/function-rpc/service.js';
import {
  PLAIN_SCRIPT,
  ScriptedLanguageWorker,
  type Script,
} from '../../../../test/support/doubles/scripted-language-worker.js';
import { GrpcChannelServer } from './grpc-channel-server.js';
import { ChannelClosedError, ChannelTimeoutError } from './language-worker-channel.js';

const UNAUTHENTICATED = 16;

describe('GrpcChannelServer', () => {
  let server: GrpcChannelServer;
  let port: number;
  const workers: ScriptedLanguageWorker[] = [];

  function connectWorker(script: Script = PLAIN_SCRIPT): ScriptedLanguageWorker {
    const worker = new ScriptedLanguageWorker(port, script);
    workers.push(worker);
    return worker;
  }

  beforeEach(async () => {
    server = new GrpcChannelServer({ maxMessageBytes: 1024 * 1024, stepTimeoutSeconds: 4 });
    port = await server.listen('127.0.0.1');
  });

  afterEach(async () => {
    for (const worker of workers.splice(0)) worker.die();
    await server.close();
  });

  it('hands the stream that opens with a token to who waits for it', async () => {
    const [first, second] = [server.accept('a', 60), server.accept('b', 60)];
    connectWorker().start('b');
    connectWorker().start('a');
    expect(await first).not.toBe(await second);
  });

  it('closes a stream with another token at once', async () => {
    const accepted = server.accept('right', 60);
    expect(await connectWorker().start('wrong').ended).toBe(UNAUTHENTICATED);
    connectWorker().start('right');
    await accepted;
  });

  it('cuts the connection of who is refused and stays', async () => {
    const socket = connect(port, '127.0.0.1');
    const session = connectHttp2('http://localhost', { createConnection: () => socket });
    session.on('error', () => undefined);
    const request = session.request(
      { ':method': 'POST', ':path': EVENT_STREAM_PATH, 'content-type': 'application/grpc', te: 'trailers' },
      { endStream: false },
    );
    request.on('error', () => undefined);
    request.write(encodeFramedMessage({ startStream: { workerId: 'wrong' } }));
    await once(socket, 'close');
  });

  it('takes a token once', async () => {
    const accepted = server.accept('once', 60);
    connectWorker().start('once');
    const channel = await accepted;
    expect(await connectWorker().start('once').ended).toBe(UNAUTHENTICATED);
    expect(await channel.ping(1000)).toEqual(expect.any(Number));
  });

  it('closes a stream that begins with something else', async () => {
    void server.accept('', 5).catch(() => undefined);
    const worker = connectWorker();
    worker.send({ rpcLog: { message: 'hello' } });
    expect(await worker.ended).toBe(UNAUTHENTICATED);
  });

  it('closes a stream that says nothing', async () => {
    expect(await connectWorker().ended).toBe(UNAUTHENTICATED);
  });

  it('gives up waiting', async () => {
    await expect(server.accept('late', 0.05)).rejects.toThrow(ChannelTimeoutError);
    expect(await connectWorker().start('late').ended).toBe(UNAUTHENTICATED);
  });

  it('forgets a token', async () => {
    const accepted = server.accept('gone', 60);
    server.forget('gone');
    server.forget('gone');
    await expect(accepted).rejects.toThrow(ChannelClosedError);
    expect(await connectWorker().start('gone').ended).toBe(UNAUTHENTICATED);
  });

  it('survives what is no gRPC', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    const accepted = server.accept('a', 60);
    connectWorker().start('a');
    await accepted;
  });

  it('ends channels, waiting and connections when it closes', async () => {
    const waiting = server.accept('never', 60);
    const accepted = server.accept('a', 60);
    const worker = connectWorker().start('a');
    const channel = await accepted;
    await Promise.all([expect(waiting).rejects.toThrow(ChannelClosedError), server.close()]);
    await channel.closed;
    await worker.ended;
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow();
  });
});
