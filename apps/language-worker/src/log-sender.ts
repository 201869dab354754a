import { RpcLogCategory, RpcLogLevel, type RpcLog } from '#shared/contracts/function-rpc/messages.js';
import type { AppSlot } from './app/app-slot.js';
import { LogHookContext } from './app/hook-contexts.js';
import type { LogCategory, LogLevel } from './core-module/core-types.js';
import { MessageTooLongError, type EventStream } from './stream/event-stream.js';

const LEVELS: Readonly<Record<LogLevel, RpcLogLevel>> = {
  trace: RpcLogLevel.Trace,
  debug: RpcLogLevel.Debug,
  information: RpcLogLevel.Information,
  warning: RpcLogLevel.Warning,
  error: RpcLogLevel.Error,
  critical: RpcLogLevel.Critical,
  none: RpcLogLevel.None,
};
const CATEGORIES: Readonly<Record<LogCategory, RpcLogCategory>> = {
  user: RpcLogCategory.User,
  system: RpcLogCategory.System,
  customMetric: RpcLogCategory.CustomMetric,
};
/** A character takes at most this many bytes; twice, to leave room for the rest of the message. */
const CUT_DIVISOR = 8;

/** The invocation that a log line belongs to. */
export interface LogScope {
  readonly invocationId: string;
  readonly logCategory: string;
  /** What the function has as its context; undefined until there is one. */
  readonly context: unknown;
}

/** Sends log lines to the host, past the app's log hooks. */
export class LogSender {
  readonly #stream: EventStream;
  readonly #slot: AppSlot;
  #isInHook = false;

  constructor(stream: EventStream, slot: AppSlot) {
    this.#stream = stream;
    this.#slot = slot;
  }

  /** Logs what the worker itself has to say. */
  system(level: LogLevel, message: string): void {
    this.write(level, 'system', message);
  }

  /** @param scope undefined for what belongs to no invocation. */
  write(level: LogLevel, category: LogCategory, message: string, scope?: LogScope): void {
    const line = this.#throughHooks(level, category, message, scope);
    this.#send({
      ...(scope && { invocationId: scope.invocationId, category: scope.logCategory }),
      level: LEVELS[line.level] ?? RpcLogLevel.Information,
      message: String(line.message),
      logCategory: CATEGORIES[category] ?? RpcLogCategory.User,
    });
  }

  /** A hook that logs does not call the hooks again, and one that throws does not take the line with it. */
  #throughHooks(
    level: LogLevel,
    category: LogCategory,
    message: string,
    scope: LogScope | undefined,
  ): { level: LogLevel; message: string } {
    const app = this.#slot.current;
    if (this.#isInHook || !app.hooks.has('log')) return { level, message };
    const context = new LogHookContext({}, app.appHookData, scope?.context, category, level, message);
    this.#isInHook = true;
    try {
      app.hooks.runSync('log', context);
    } catch {
      // Nothing better is known to do: the error can't be logged without calling the hook again.
    } finally {
      this.#isInHook = false;
    }
    return category === 'user' ? context : { level, message };
  }

  #send(rpcLog: RpcLog): void {
    try {
      this.#stream.send({ rpcLog });
    } catch (error) {
      if (!(error instanceof MessageTooLongError)) throw error;
      const kept = rpcLog.message!.slice(0, Math.floor(error.maxMessageBytes / CUT_DIVISOR));
      this.#stream.send({ rpcLog: { ...rpcLog, message: `${kept}… (cut: ${error.message})` } });
    }
  }
}
