import type { Readable, Writable } from 'node:stream';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { HangUp } from '#shared/queue/hang-up.js';
import type { HttpHeader } from '#shared/domain/http-headers.js';
import type { Failure, InvocationInput, InvocationOutput, LogLine } from '#shared/domain/invocation.js';

/** One FunctionRpc invocation: one attempt. */
export interface ChannelInvocation {
  /** The FunctionRpc invocation id, unique per attempt. */
  readonly invocationId: string;
  readonly functionName: string;
  readonly input: InvocationInput | GroupInput;
  /** Set when the bodies of an HTTP request and its response travel beside the invocation, as they come. */
  readonly stream?: HttpStreamClient | undefined;
  readonly traceParent?: string | undefined;
  readonly retry?: {
    readonly retryCount: number;
    readonly maxRetryCount: number;
    readonly lastFailure?: Failure | undefined;
  };
  /** The call's client has gone: the language worker is asked to give up. */
  readonly hangUp?: HangUp | undefined;
  /** Called for each log line, before the result arrives and for a while after. */
  readonly onLog: (line: LogLine) => void;
}

/** Status and headers of a response whose body follows. */
export interface HttpStreamHead {
  readonly status: number;
  /** As the function gave them; a name may come several times. */
  readonly headers: readonly HttpHeader[];
}

/** Who has sent an HTTP request and waits for the response, while both are still being made. */
export interface HttpStreamClient {
  /** How long the request's body is: null when there is none, undefined when it comes in chunks. Bytes. */
  readonly bodyLength: number | null | undefined;
  /** Aborted when nobody waits any more. */
  readonly gone: AbortSignal;
  /** The request's body; null when there is none. Once at most: what was read of it is gone. */
  openBody(): Readable | null;
  /** Sends status and headers. Once. @returns takes the body; is destroyed when the response breaks off */
  respond(head: HttpStreamHead): Writable;
}

/** Several queue messages at once, for a trigger with `cardinality: many`. Each is JSON text or plain text. */
export interface GroupInput {
  readonly kind: 'queueGroup';
  readonly messages: readonly string[];
}

/** How an attempt ended in the language worker. A lost stream is not among them: `invoke` rejects with `ChannelClosedError`. */
export type ChannelResult =
  | { readonly state: 'succeeded'; readonly output: InvocationOutput }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'cancelled' };

/** Thrown when the stream to the language worker ended while something was expected of it. */
export class ChannelClosedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChannelClosedError';
  }
}

/** Thrown when a language worker did not open its stream, initialise or answer in time. */
export class ChannelTimeoutError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChannelTimeoutError';
  }
}

/** What a language worker says of the app that it has loaded: its functions, or what is wrong (one sentence each, with file and line where known). */
export type LoadedApp =
  | {
      readonly problems: readonly [];
      readonly functions: readonly FunctionDefinition[];
      /** Requests and responses of its HTTP functions travel over a server within the container. Absent: they do not. */
      readonly streaming?: StreamingServer | undefined;
    }
  | { readonly problems: readonly [string, ...string[]]; readonly functions: readonly [] };

/** The HTTP server that a language worker listens with on its loopback. */
export interface StreamingServer {
  readonly port: number;
  /** It has no relay of its own to the worker: one must be started in its network (`RunningContainer.relayHttp`). */
  readonly needsRelay: boolean;
}

/** A conversation with one language worker, from its first message to its end. */
export abstract class LanguageWorkerChannel {
  /** Resolves when the stream is over, however it ended. Never rejects. */
  abstract readonly closed: Promise<void>;
  /**
   * Initialises the language worker, asks it for the app's functions (and reads the `function.json` files where it says so:
   * from `packageFolder`, the app's folder on this machine) and loads each of them.
   * @param appDirectory the same folder as the language worker sees it
   * Throws `ChannelTimeoutError`, `ChannelClosedError`.
   */
  abstract loadApp(folders: {
    readonly packageFolder: string;
    readonly appDirectory: string;
  }): Promise<LoadedApp>;
  /**
   * Initialises the language worker without an app: it waits for `specialise`. Throws `ChannelTimeoutError`, `ChannelClosedError`,
   * and an Error with what the language worker has to say when it can't.
   */
  abstract initialise(): Promise<void>;
  /**
   * Gives an app to a language worker that has none: it replaces its environment by this one whole, then loads the app, as
   * `loadApp` does. Throws `ChannelTimeoutError`, `ChannelClosedError`.
   */
  abstract specialise(app: {
    readonly packageFolder: string;
    readonly appDirectory: string;
    readonly environment: Readonly<Record<string, string>>;
  }): Promise<LoadedApp>;
  /** Runs a loaded function. Throws `ChannelClosedError`. */
  abstract invoke(invocation: ChannelInvocation): Promise<ChannelResult>;
  /** Asks it to give up an invocation; it may ignore that. */
  abstract cancel(invocationId: string): void;
  /** Round trip of a status request, milliseconds; null when it did not answer within `timeoutMs` (its event loop is blocked). */
  abstract ping(timeoutMs: number): Promise<number | null>;
  /** Says goodbye, then closes the stream. */
  abstract terminate(gracePeriodSeconds: number): void;
}

/** The FunctionRpc host: language workers connect to it, each with the token it was started with. */
export abstract class ChannelServer {
  /** Returns the port. */
  abstract listen(host: string): Promise<number>;
  /** Waits for the stream that opens with this token; any other is closed at once. Throws `ChannelTimeoutError`. */
  abstract accept(token: string, timeoutSeconds: number): Promise<LanguageWorkerChannel>;
  /** Gives up waiting for a token (its container died). */
  abstract forget(token: string): void;
  abstract close(): Promise<void>;
}
