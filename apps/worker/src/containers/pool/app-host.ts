import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#shared/domain/ids.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import {
  ChannelClosedError,
  type ChannelInvocation,
  type ChannelResult,
  type ChannelServer,
  type LanguageWorkerChannel,
} from '../../channel/language-worker-channel.js';
import type {
  ContainerExit,
  ContainerLimits,
  ContainerOutputLine,
  ContainerRuntime,
  RunningContainer,
} from '../container-runtime.js';

/**
 * How a function ended in a container. `displaced`: the container went and this function is not known to be to blame; run it
 * again, nothing is used up. It is a `suspect` when the process ended or stood still with several in flight: one of them did it.
 */
export type HostResult =
  | ChannelResult
  | { readonly state: 'timedOut' }
  | { readonly state: 'exited'; readonly exit: ContainerExit }
  | { readonly state: 'displaced'; readonly suspect: boolean };

/** Thrown when the app can't be loaded: `problems` says what is wrong, a sentence each. The app is to blame. */
export class AppLoadError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join(' '));
    this.name = 'AppLoadError';
  }
}

export interface AppHostSettings {
  readonly limits: ContainerLimits;
  readonly maxMessageBytes: number;
  /** How long a language worker may take to open its stream. */
  readonly startTimeoutSeconds: number;
}

export interface AppHostOrder {
  readonly appVersionId: string;
  readonly packageFolder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface HostEquipment {
  readonly runtime: ContainerRuntime;
  readonly channelServer: ChannelServer;
  readonly channelPort: number;
  readonly settings: AppHostSettings;
}

interface InFlight {
  readonly invocation: ChannelInvocation;
  /** On the monotonic clock, milliseconds; null: it may take as long as it likes. */
  readonly deadlineMs: number | null;
  timedOut: boolean;
}

/** A language worker answers in a millisecond, unless its event loop stands still or the whole machine is overloaded. */
const PING_MS = 500;

/** Calls that began together have had their time together: none of them deserves a second container. */
const SAME_DEADLINE_MS = 100;

/** For an app's own hooks at its end (`appTerminate`). */
const RETIRE_SECONDS = 1;

/** Deliberately long: an engine that is slow to report an end is no reason to misjudge whose fault the end was. */
const EXIT_REPORT_SECONDS = 10;

/**
 * A container with one function app loaded.
 *
 * Its life: `start` brings it from nothing to **ready**, or fails and leaves nothing. Ready, it runs any number of
 * invocations at once. It is **over** when its stream or its process ends, by itself or because an invocation went past
 * its time (a language worker can't be made to stop one function: the whole container is replaced) or because the pool
 * retired it. What was in flight then is judged once: those that are past their time are `timedOut`; one that was alone when the
 * process ended is to blame for it (`exited`); all others are `displaced`. They are suspects when one of them did it and nobody
 * knows which: the process ended by itself, or stood still until somebody's time was up.
 */
export class AppHost {
  readonly #inFlight = new Map<string, InFlight>();
  readonly #over: Promise<ContainerExit>;
  #isOver = false;
  #endedByUs = false;
  #isStuck = false;
  #loneCulprit: InFlight | undefined;

  private constructor(
    private readonly container: RunningContainer,
    private readonly channel: LanguageWorkerChannel,
    readonly functions: ReadonlyMap<string, FunctionDefinition>,
  ) {
    this.#over = this.#watch();
    container.onOutput((line) => this.#passOn(line));
  }

  /** Throws `AppLoadError`, `EngineUnavailableError`, `ChannelTimeoutError`. */
  static async start(equipment: HostEquipment, order: AppHostOrder): Promise<AppHost> {
    const token = randomBytes(32).toString('hex');
    const accepted = equipment.channelServer.accept(token, equipment.settings.startTimeoutSeconds);
    accepted.catch(() => undefined);
    let container: RunningContainer | undefined;
    try {
      container = await equipment.runtime.start({
        id: newId(),
        token,
        packageFolder: order.packageFolder,
        environment: order.environment,
        limits: equipment.settings.limits,
        channelPort: equipment.channelPort,
        maxMessageBytes: equipment.settings.maxMessageBytes,
        appVersionId: order.appVersionId,
      });
      const { channel, functions } = await load(container, accepted, order.packageFolder);
      return new AppHost(container, channel, functions);
    } catch (error) {
      equipment.channelServer.forget(token);
      await container?.kill();
      throw error;
    }
  }

  get busy(): number {
    return this.#inFlight.size;
  }

  get usable(): boolean {
    return !this.#isOver;
  }

  /** Resolves when the container is gone. */
  get over(): Promise<unknown> {
    return this.#over;
  }

  /** Runs a function. @param timeoutSeconds null: no limit */
  async invoke(invocation: ChannelInvocation, timeoutSeconds: number | null): Promise<HostResult> {
    if (this.#isOver) return { state: 'displaced', suspect: false };
    const timeoutMs = timeoutSeconds === null ? null : timeoutSeconds * 1000;
    const deadlineMs = timeoutMs === null ? null : performance.now() + timeoutMs;
    const flight: InFlight = { invocation, deadlineMs, timedOut: false };
    this.#inFlight.set(invocation.invocationId, flight);
    const timer = timeoutMs === null ? undefined : setTimeout(() => void this.#timeOut(), timeoutMs);
    try {
      return await this.channel.invoke(invocation);
    } catch (error) {
      if (!(error instanceof ChannelClosedError)) throw error;
      return await this.#judge(flight);
    } finally {
      clearTimeout(timer);
      this.#inFlight.delete(invocation.invocationId);
    }
  }

  cancel(invocationId: string): void {
    this.channel.cancel(invocationId);
  }

  /** Ends it politely. What is in flight is displaced: retire only what is idle. */
  async retire(): Promise<void> {
    this.#endedByUs = true;
    this.#isOver = true;
    this.channel.terminate(RETIRE_SECONDS);
    await Promise.race([this.container.exited, delay(RETIRE_SECONDS * 1000, undefined, { ref: false })]);
    await this.container.kill();
  }

  /**
   * Ends the container for what has had its time. When the language worker still answers, those are to blame that are past
   * their time. When it does not, one function keeps all from running, and who that is only a run alone can tell.
   */
  async #timeOut(): Promise<void> {
    if (this.#isOver) return;
    this.#endedByUs = true;
    this.#isOver = true;
    const lateMs = performance.now() + SAME_DEADLINE_MS;
    const isAlone = this.#inFlight.size === 1;
    if (isAlone || (await this.channel.ping(PING_MS)) !== null) this.#blameLate(lateMs);
    else this.#isStuck = true;
    await this.container.kill();
  }

  /** What comes to its deadline later, while the container is being ended, is displaced like the others. */
  #blameLate(lateMs: number): void {
    for (const flight of this.#inFlight.values()) {
      if (flight.deadlineMs === null || flight.deadlineMs > lateMs) continue;
      flight.timedOut = true;
      this.channel.cancel(flight.invocation.invocationId);
    }
  }

  /** The stream ends before or after the process does: whichever comes first decides who was there. */
  async #watch(): Promise<ContainerExit> {
    await Promise.race([this.channel.closed, this.container.exited]);
    this.#isOver = true;
    const [first, ...others] = this.#inFlight.values();
    if (first && others.length === 0) this.#loneCulprit = first;
    await Promise.race([this.container.exited, delay(EXIT_REPORT_SECONDS * 1000, undefined, { ref: false })]);
    await this.container.kill();
    return this.container.exited;
  }

  async #judge(flight: InFlight): Promise<HostResult> {
    const exit = await this.#over;
    if (flight.timedOut) return { state: 'timedOut' };
    if (this.#endedByUs) return { state: 'displaced', suspect: this.#isStuck };
    return this.#loneCulprit === flight ? { state: 'exited', exit } : { state: 'displaced', suspect: true };
  }

  /** What the process prints by itself names no invocation: it belongs to one only while that one is alone. */
  #passOn(line: ContainerOutputLine): void {
    const [first, ...others] = this.#inFlight.values();
    if (!first || others.length > 0) return;
    const level = line.stream === 'stderr' ? 'warning' : 'information';
    first.invocation.onLog({ loggedAt: new Date(), level, category: line.stream, message: line.text });
  }
}

async function load(
  container: RunningContainer,
  accepted: Promise<LanguageWorkerChannel>,
  packageFolder: string,
): Promise<{ channel: LanguageWorkerChannel; functions: ReadonlyMap<string, FunctionDefinition> }> {
  const channel = await orExit(container, accepted);
  const loaded = await orExit(
    container,
    channel.loadApp({ packageFolder, appDirectory: container.appDirectory }),
  );
  if (loaded.problems.length > 0) throw new AppLoadError(loaded.problems);
  return { channel, functions: new Map(loaded.functions.map((definition) => [definition.name, definition])) };
}

/** Waits for a step of the start; a process that ends meanwhile is the app's fault (its code runs while it is loaded). */
async function orExit<Step>(container: RunningContainer, step: Promise<Step>): Promise<Step> {
  const exited = container.exited.then((exit): never => {
    throw new AppLoadError([describeExit(exit)]);
  });
  exited.catch(() => undefined);
  try {
    return await Promise.race([step, exited]);
  } catch (error) {
    // The stream of a process that ends closes first: its exit says more.
    if (error instanceof ChannelClosedError)
      await Promise.race([exited, delay(2_000, undefined, { ref: false })]);
    throw error;
  }
}

/** One sentence about how a process ended, with the last of what it wrote. */
export function describeExit(exit: ContainerExit): string {
  const how = exit.outOfMemory
    ? 'The process used more memory than its limit and was killed.'
    : `The process ended with exit code ${exit.exitCode ?? 'unknown'}.`;
  return exit.lastStderr.trim() === '' ? how : `${how} It last wrote: ${exit.lastStderr.trim()}`;
}
