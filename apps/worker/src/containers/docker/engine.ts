import Docker from 'dockerode';
import { EngineUnavailableError } from '../container-runtime.js';
import type { EngineTimeouts } from './docker-settings.js';
import type { EngineFacts } from './engine-suitability.js';
import { engineOptions, type EngineTls } from './engine-address.js';

/** One question or command to the engine; must hand the signal on. */
type EngineCall<T> = (docker: Docker, signal: AbortSignal) => Promise<T>;

/**
 * The engine, where every call has a time-out and every failure a name: an engine that hangs is as useless as one that is gone,
 * and must not hold up its callers.
 */
export class Engine {
  readonly docker: Docker;

  constructor(
    address: string | undefined,
    tls: EngineTls | undefined,
    private readonly timeouts: EngineTimeouts,
  ) {
    this.docker = new Docker(engineOptions(address, process.platform, tls));
  }

  /** What the engine says of itself. Throws `EngineUnavailableError`. */
  facts(): Promise<EngineFacts> {
    return this.query('describe itself', describeItself);
  }

  /** The engine's own clock, by which what it has made is dated. Throws `EngineUnavailableError`. */
  async now(): Promise<Date> {
    const { SystemTime } = await this.query('tell the time', describeItself);
    if (SystemTime === undefined) throw new EngineUnavailableError('Docker does not tell its time.');
    return new Date(SystemTime);
  }

  /** Throws `EngineUnavailableError`. */
  query<T>(what: string, call: EngineCall<T>): Promise<T> {
    return this.call(what, this.timeouts.inspectSeconds, call);
  }

  /** Throws `EngineUnavailableError`. */
  command<T>(what: string, call: EngineCall<T>): Promise<T> {
    return this.call(what, this.timeouts.runSeconds, call);
  }

  /** Throws `EngineUnavailableError`. */
  removal<T>(what: string, call: EngineCall<T>): Promise<T> {
    return this.call(what, this.timeouts.removeSeconds, call);
  }

  /** Throws `EngineUnavailableError`. */
  pausing<T>(what: string, call: EngineCall<T>): Promise<T> {
    return this.call(what, this.timeouts.pauseSeconds, call);
  }

  /** Throws `EngineUnavailableError`. */
  sendImage<T>(what: string, call: EngineCall<T>): Promise<T> {
    return this.call(what, this.timeouts.pullSeconds, call);
  }

  /** A question that shows how well the engine is. Throws `EngineUnavailableError`, also when the answer took too long. */
  async probe<T>(what: string, call: EngineCall<T>): Promise<T> {
    const { probeSeconds, slowSeconds } = this.timeouts;
    const askedAtMs = performance.now();
    const answer = await this.call(what, probeSeconds, call);
    const seconds = (performance.now() - askedAtMs) / 1000;
    if (seconds <= slowSeconds) return answer;
    throw new EngineUnavailableError(
      `Docker took ${seconds.toFixed(1)} s to ${what}; more than ${slowSeconds} s is too slow to work with.`,
      { kind: 'slow' },
    );
  }

  private async call<T>(what: string, timeoutSeconds: number, call: EngineCall<T>): Promise<T> {
    // Not AbortSignal.timeout: what comes back may be a stream that lives on, and the signal with it.
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutSeconds * 1000);
    try {
      return await Promise.race([call(this.docker, timeout.signal), rejectOnAbort(timeout.signal)]);
    } catch (error) {
      if (error instanceof EngineUnavailableError) throw error;
      const reason = timeout.signal.aborted ? `no answer within ${timeoutSeconds} s` : reasonOf(error);
      const kind = isRefusal(error) ? 'refused' : 'down';
      throw new EngineUnavailableError(`Docker could not ${what}: ${reason}.`, { cause: error, kind });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The type lacks the signal, which dockerode takes here as well. */
function describeItself(docker: Docker, abortSignal: AbortSignal): Promise<EngineFacts> {
  const described = docker as unknown as { info(options: object): Promise<EngineFacts> };
  return described.info({ abortSignal });
}

/** dockerode hears the signal too, but a call that has lost its way inside it must end as well. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** The engine's HTTP status behind an error of `Engine`; undefined when the engine did not answer at all. */
export function engineStatus(error: unknown): number | undefined {
  const cause = error instanceof EngineUnavailableError ? error.cause : error;
  const status = (cause as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The engine understood, and says that it is the caller's fault. */
function isRefusal(error: unknown): boolean {
  const status = engineStatus(error) ?? 0;
  return status >= 400 && status < 500;
}

/** Runs a removal; that the thing is gone already, or being removed by somebody, is as good. */
export async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const status = engineStatus(error);
    if (status !== 404 && status !== 409) throw error;
  }
}

function reasonOf(error: unknown): string {
  const { code, json, message } = error as { code?: string; json?: { message?: string }; message?: string };
  if (code === 'EACCES') return 'this account may not use its socket (is it in the group "docker"?)';
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return `nothing listens at its address (${code})`;
  return (json?.message ?? message ?? String(error)).trim();
}
