import type { InvocationResponse, RpcLog } from '#shared/contracts/function-rpc/messages.js';
import type { LogLine } from '#shared/domain/invocation.js';
import {
  ChannelClosedError,
  type ChannelInvocation,
  type ChannelResult,
} from '../language-worker-channel.js';
import { channelResultOf } from './invocation-result.js';
import type { LoadedFunction } from './loaded-function.js';
import { logLineOf } from './log-line.js';
import { RecentListeners } from './recent-listeners.js';

/** An invocation that a language worker works on. Its input is not kept: it may be large. */
interface Running {
  readonly loaded: LoadedFunction;
  readonly onLog: (line: LogLine) => void;
  readonly resolve: (result: ChannelResult) => void;
  readonly reject: (error: Error) => void;
}

/** The invocations of one channel, from their request to their response, and a little longer for their logs. */
export class RunningInvocations {
  readonly #running = new Map<string, Running>();
  readonly #ended = new RecentListeners();

  /** @param onStrayLog takes the lines that belong to no invocation known here */
  constructor(private readonly onStrayLog: (line: LogLine) => void) {}

  /** Rejects with `ChannelClosedError`. */
  add(loaded: LoadedFunction, { invocationId, onLog }: ChannelInvocation): Promise<ChannelResult> {
    return new Promise((resolve, reject) => {
      this.#running.set(invocationId, { loaded, onLog, resolve, reject });
    });
  }

  /** An answer to what nobody waits for is a late one, and passed over. */
  respond(response: InvocationResponse): void {
    const invocationId = response.invocationId ?? '';
    const running = this.#running.get(invocationId);
    if (!running) return;
    this.#running.delete(invocationId);
    this.#ended.keep(invocationId, running.onLog);
    running.resolve(channelResultOf(running.loaded, response));
  }

  /** Nobody waits for its answer any more; its log lines still find their way for a while. */
  forget(invocationId: string): void {
    const running = this.#running.get(invocationId);
    if (!running) return;
    this.#running.delete(invocationId);
    this.#ended.keep(invocationId, running.onLog);
  }

  log(log: RpcLog): void {
    const line = logLineOf(log, new Date());
    if (!line) return;
    const invocationId = log.invocationId ?? '';
    const onLog = this.#running.get(invocationId)?.onLog ?? this.#ended.find(invocationId);
    (onLog ?? this.onStrayLog)(line);
  }

  close(reason: string): void {
    for (const { reject } of this.#running.values()) reject(new ChannelClosedError(reason));
    this.#running.clear();
    this.#ended.clear();
  }
}
