import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { decodeStreamingMessage, encodeFramedMessage } from '#shared/contracts/function-rpc/codec.js';
import { GrpcFrameReader } from '#shared/contracts/function-rpc/grpc-frame-reader.js';
import { EVENT_STREAM_PATH } from '#shared/contracts/function-rpc/service.js';
import type { StreamingMessage } from '#shared/contracts/function-rpc/streaming-message.js';
import {
  EventStream,
  MessageTooLongError,
  type EventStreamListener,
  type StreamEnd,
} from './event-stream.js';
import { statusOf, type ResponseHeaders } from './grpc-status.js';

const FRAME_HEAD_BYTES = 5;
/** How much the host may send ahead of us: generous, because a function that blocks must not block the host. */
const WINDOW_BYTES = 16 * 1024 * 1024;
/** How long the host may take to close its side once we have closed ours. */
const GOODBYE_MILLISECONDS = 1000;
/** Frames up to this size together are copied into one buffer; longer ones are not worth a copy. */
const COPY_LIMIT_BYTES = 64 * 1024;

interface Address {
  readonly host: string;
  readonly port: number;
  readonly maxMessageBytes: number;
}

/**
 * FunctionRpc's stream straight on Node's own HTTP/2.
 *
 * gRPC needs little here: one request that never ends, and a head of five bytes before each message. A gRPC
 * client library costs more than twice the processor time for each message (it passes every message through
 * a chain of promises, and never writes two at once) and some 40 ms at each cold start.
 */
export class Http2EventStream extends EventStream {
  readonly #address: Address;
  readonly #reader: GrpcFrameReader;
  #stream: ClientHttp2Stream | undefined;
  #isFinishing = false;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #end: StreamEnd | undefined;

  constructor(address: Address) {
    super();
    this.#address = address;
    this.#reader = new GrpcFrameReader(address.maxMessageBytes);
  }

  open(listener: EventStreamListener): void {
    const { host, port } = this.#address;
    const authority = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const session = connect(authority, {
      // Without noDelay a small message may wait for the answer to the one before it.
      createConnection: () => connectSocket({ host, port, noDelay: true }),
      settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
      // In megabytes; the default lets one long message fail the session.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
    });
    session.on('connect', () => session.setLocalWindowSize(WINDOW_BYTES));
    const stream = session.request(
      {
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: EVENT_STREAM_PATH,
        [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
        [constants.HTTP2_HEADER_TE]: 'trailers',
      },
      { endStream: false },
    );
    this.#stream = stream;
    this.#listen(session, stream, listener);
  }

  send(message: StreamingMessage): void {
    const frame = encodeFramedMessage(message);
    const messageBytes = frame.length - FRAME_HEAD_BYTES;
    const { maxMessageBytes } = this.#address;
    if (messageBytes > maxMessageBytes) throw new MessageTooLongError(messageBytes, maxMessageBytes);
    if (this.#waiting.length === 0) setImmediate(() => this.#flush());
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
  }

  finish(): Promise<void> {
    const stream = this.#stream;
    this.#isFinishing = true;
    if (stream === undefined || stream.closed) return Promise.resolve();
    this.#flush();
    return new Promise((resolve) => {
      stream.once('close', () => resolve());
      stream.end();
      setTimeout(() => stream.destroy(), GOODBYE_MILLISECONDS);
    });
  }

  #flush(): void {
    const frames = this.#waiting;
    const stream = this.#stream;
    if (frames.length === 0 || stream === undefined) return;
    const bytes = this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (!stream.writable) return;
    if (frames.length === 1 || bytes > COPY_LIMIT_BYTES) {
      stream.cork();
      for (const frame of frames) stream.write(frame);
      stream.uncork();
    } else {
      stream.write(Buffer.concat(frames, bytes));
    }
  }

  #listen(session: ClientHttp2Session, stream: ClientHttp2Stream, listener: EventStreamListener): void {
    const end = (reached: StreamEnd): void => {
      if (this.#end !== undefined) return;
      // After our own goodbye it does not matter how the host hangs up.
      this.#end = this.#isFinishing ? { kind: 'closed' } : reached;
      session.destroy();
      listener.onEnd(this.#end);
    };
    const fail = (reason: string): void => end({ kind: 'broken', reason });
    let status: StreamEnd | undefined;
    const readStatus = (headers: ResponseHeaders): void => {
      status ??= statusOf(headers);
    };
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => {
      try {
        this.#reader.push(chunk, (bytes) => {
          if (this.#end === undefined) listener.onMessage(decodeStreamingMessage(bytes));
        });
      } catch (error) {
        fail((error as Error).message);
      }
    });
    stream.on('end', () => stream.end());
    stream.on('error', (error) => fail(error.message));
    session.on('error', (error) => fail(error.message));
    // Without a status the host died, or never was a gRPC server.
    stream.on('close', () => end(status ?? { kind: 'broken', reason: 'the host closed the connection' }));
  }
}
