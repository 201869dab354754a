import { Server, ServerCredentials } from '@grpc/grpc-js';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { functionRpcService } from '#shared/contracts/function-rpc/service.js';
import type { LogLine } from '#shared/domain/invocation.js';
import { GrpcLanguageWorkerChannel } from './grpc-language-worker-channel.js';
import {
  ChannelClosedError,
  ChannelServer,
  ChannelTimeoutError,
  type LanguageWorkerChannel,
} from './language-worker-channel.js';
import { awaitOpening } from './tunnels/await-opening.js';
import { TunnelPool } from './tunnels/tunnel-pool.js';
import { EventStream, type EventStreamCall } from './stream/event-stream.js';

export interface ChannelServerSettings {
  /** The largest message in either direction. Language workers are started with the same limit. */
  readonly maxMessageBytes: number;
  /** How long a stream may stay open without saying whose it is, and how long each step of loading an app may take. */
  readonly stepTimeoutSeconds?: number;
  /** Takes log lines of language workers that belong to no invocation. */
  readonly onStrayLog?: (line: LogLine) => void;
}

/** Azure's limit for each step of a language worker's start. */
const STEP_TIMEOUT_SECONDS = 60;
/** A connection whose stream is over, or never began, is closed after this. */
const IDLE_CONNECTION_SECONDS = 60;
/**
 * TCP asks a silent peer after this long, and gives it up some ten seconds later. Not HTTP/2's pings: those are answered by
 * the language worker's event loop, which a function may block for as long as its time-out allows; TCP's by the kernel.
 */
const KEEP_ALIVE_SECONDS = 30;
const REFUSAL_SECONDS = 1;

/** One address. */
interface Listener {
  readonly grpc: Server;
  readonly tcp: TcpServer;
}

interface Waiter {
  readonly resolve: (channel: LanguageWorkerChannel) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const service = {
  eventStream: { ...functionRpcService.eventStream, responseSerialize: (bytes: Buffer): Buffer => bytes },
};

/**
 * Takes language workers' streams by gRPC, and on the same port the tunnels of their HTTP relays: one address and port is all
 * that a container must reach.
 *
 * A stream is **unknown** until its first message, which must be a StartStream with a token that somebody waits for. Then it
 * is that one's channel, and the token is used up; any other first message, or none for a minute, ends it.
 */
export class GrpcChannelServer extends ChannelServer {
  readonly #waiters = new Map<string, Waiter>();
  readonly #streams = new Set<EventStream>();
  /** By the token of the container whose relay opens them. */
  readonly #tunnels = new Map<string, TunnelPool>();
  /** By what grpc-js calls the peer. */
  readonly #sockets = new Map<string, Socket>();
  readonly #stepTimeoutSeconds: number;
  readonly #onStrayLog: (line: LogLine) => void;
  /** By the address that each listens on. */
  readonly #listeners = new Map<string, Promise<Listener>>();

  constructor(private readonly settings: ChannelServerSettings) {
    super();
    this.#stepTimeoutSeconds = settings.stepTimeoutSeconds ?? STEP_TIMEOUT_SECONDS;
    this.#onStrayLog = settings.onStrayLog ?? (() => undefined);
  }

  async listen(host: string): Promise<number> {
    const listening = this.#listeners.get(host) ?? this.#listen(host);
    this.#listeners.set(host, listening);
    listening.catch(() => this.#listeners.delete(host));
    const { tcp } = await listening;
    return (tcp.address() as AddressInfo).port;
  }

  async #listen(host: string): Promise<Listener> {
    const { maxMessageBytes } = this.settings;
    const grpc = new Server({
      'grpc.max_send_message_length': maxMessageBytes,
      'grpc.max_receive_message_length': maxMessageBytes,
      'grpc.max_connection_idle_ms': IDLE_CONNECTION_SECONDS * 1000,
      // Its counters cost something with every message, and nobody reads them.
      'grpc.enable_channelz': 0,
    });
    grpc.addService(service, { eventStream: (call: EventStreamCall) => this.#open(call) });
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    const tcp = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_SECONDS * 1000,
    });
    tcp.on('connection', (socket) => {
      this.#keep(socket);
      awaitOpening(socket, this.#stepTimeoutSeconds * 1000, (opening) => {
        if (opening.kind === 'http2') injector.injectConnection(socket);
        else this.#addTunnel(opening.token, socket);
      });
    });
    tcp.listen(0, host);
    await once(tcp, 'listening');
    return { grpc, tcp };
  }

  accept(token: string, timeoutSeconds: number): Promise<LanguageWorkerChannel> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(token);
        reject(
          new ChannelTimeoutError(`The language worker did not open its stream within ${timeoutSeconds} s.`),
        );
      }, timeoutSeconds * 1000);
      this.#waiters.set(token, { resolve, reject, timer });
    });
  }

  forget(token: string): void {
    this.#take(token)?.reject(new ChannelClosedError('The language worker is not expected any more.'));
  }

  async close(): Promise<void> {
    for (const token of [...this.#waiters.keys()]) this.forget(token);
    for (const stream of this.#streams) stream.end('The worker stops.');
    const listeners = await Promise.allSettled([...this.#listeners.values()]);
    for (const one of listeners) if (one.status === 'fulfilled') await this.#closeListener(one.value);
  }

  async #closeListener({ tcp, grpc }: Listener): Promise<void> {
    const isClosed = new Promise((resolve) => tcp.close(resolve));
    grpc.forceShutdown();
    for (const socket of this.#sockets.values()) socket.destroy();
    await isClosed;
  }

  #open(call: EventStreamCall): void {
    const stream = new EventStream(call, this.settings.maxMessageBytes);
    this.#streams.add(stream);
    const timer = setTimeout(
      () => this.#refuse(call, stream, 'No StartStream came in time.'),
      this.#stepTimeoutSeconds * 1000,
    );
    stream.onEnd(() => {
      clearTimeout(timer);
      this.#streams.delete(stream);
    });
    stream.onMessage((message) => {
      clearTimeout(timer);
      const token = message.startStream?.workerId;
      const waiter = token ? this.#take(token) : undefined;
      if (!waiter) return this.#refuse(call, stream, 'This worker id is not expected.');
      waiter.resolve(this.#channelOver(stream, token as string));
    });
  }

  /** What is at the other end is none of ours, so the connection goes too: soon, for the status to arrive. */
  #refuse(call: EventStreamCall, stream: EventStream, reason: string): void {
    const socket = this.#sockets.get(call.getPeer());
    stream.refuse(reason);
    setTimeout(() => socket?.destroy(), REFUSAL_SECONDS * 1000).unref();
  }

  #keep(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#sockets.set(peer, socket);
    // It shows in "close"; whoever uses the socket has a listener of its own.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(peer));
  }

  /** A container's token lets its relay in as long as its language worker's stream lasts; any other closes at once. */
  #addTunnel(token: string, socket: Socket): void {
    const tunnels = this.#tunnels.get(token);
    if (tunnels) tunnels.add(socket);
    else socket.destroy();
  }

  #channelOver(stream: EventStream, token: string): LanguageWorkerChannel {
    const tunnels = new TunnelPool();
    this.#tunnels.set(token, tunnels);
    stream.onEnd(() => this.#tunnels.delete(token));
    return new GrpcLanguageWorkerChannel(stream, {
      stepTimeoutSeconds: this.#stepTimeoutSeconds,
      onStrayLog: this.#onStrayLog,
      tunnels,
      wholeResponseLimitBytes: this.settings.maxMessageBytes,
    });
  }

  /** A token is good for one stream. */
  #take(token: string): Waiter | undefined {
    const waiter = this.#waiters.get(token);
    if (!waiter) return undefined;
    this.#waiters.delete(token);
    clearTimeout(waiter.timer);
    return waiter;
  }
}
