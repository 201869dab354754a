import { setTimeout as delay } from 'node:timers/promises';
import {
  ChannelClosedError,
  type ChannelInvocation,
  type LanguageWorkerChannel,
} from '../../channel/language-worker-channel.js';
import type { ContainerExit, RunningContainer } from '../container-runtime.js';
import type { Hold } from '../hold/hold.js';
import { judgeEnding, type EndingFacts, type HostResult } from './ending.js';
import { Flights, type Flight } from './flights.js';
import type { AppHostOrder, HostEquipment } from './host-equipment.js';
import { readyApp, type ReadyApp } from './ready-app.js';
import { Rest } from './rest.js';
import { startLanguageWorker, type StartedLanguageWorker } from './start-language-worker.js';

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
 * retired it. What was in flight then is judged once (`judgeEnding`).
 */
export class AppHost {
  readonly #flights = new Flights();
  readonly #over: Promise<ContainerExit>;
  #isOver = false;
  #endedFor: EndingFacts['endedFor'] = null;
  #isStuck = false;
  #loneCulprit: Flight | undefined;

  private readonly container: RunningContainer;
  private readonly channel: LanguageWorkerChannel;
  private readonly hold: Hold;
  readonly #rest: Rest;

  constructor(
    { container, channel, hold }: StartedLanguageWorker,
    readonly app: ReadyApp,
  ) {
    this.container = container;
    this.channel = channel;
    this.hold = hold;
    this.#rest = new Rest(container);
    this.#over = this.#watch();
    container.onOutput((line) => this.#flights.log(line));
  }

  /** Throws `AppLoadError`, `EngineUnavailableError`, `ChannelTimeoutError`. */
  static async start(equipment: HostEquipment, order: AppHostOrder): Promise<AppHost> {
    const { packageFolder } = order;
    const started = await startLanguageWorker(equipment, order, async ({ container, channel }) =>
      readyApp(container, channel.loadApp({ packageFolder, appDirectory: container.appDirectory })),
    );
    return new AppHost(started, started.result);
  }

  get busy(): number {
    return this.#flights.count;
  }

  get usable(): boolean {
    return !this.#isOver;
  }

  /** Resolves when the container is gone. */
  get over(): Promise<unknown> {
    return this.#over;
  }

  get isPaused(): boolean {
    return this.#rest.isPaused;
  }

  /** Keeps it from running until `resume`: only while nothing is in flight. Throws `EngineUnavailableError`; then it must be retired. */
  pause(): Promise<void> {
    return this.#rest.pause();
  }

  /** Resolves when it runs, at once when it was not paused. Throws `EngineUnavailableError`; then it must be retired. */
  resume(): Promise<void> {
    return this.#rest.resume();
  }

  /** Runs a function; not while it is paused. @param timeoutSeconds null: no limit. Time in which it is held for the owner does not count */
  async invoke(invocation: ChannelInvocation, timeoutSeconds: number | null): Promise<HostResult> {
    if (this.#isOver) return { state: 'displaced', suspect: false };
    const timeoutMs = timeoutSeconds === null ? null : timeoutSeconds * 1000;
    const flight = this.#flights.add(invocation, this.hold.workMs, timeoutMs);
    const cancelTimer =
      timeoutMs === null ? undefined : this.hold.after(timeoutMs, () => void this.#timeOut());
    try {
      return await this.channel.invoke(invocation);
    } catch (error) {
      if (!(error instanceof ChannelClosedError)) throw error;
      return await this.#judge(flight);
    } finally {
      cancelTimer?.();
      this.#flights.remove(flight);
    }
  }

  cancel(invocationId: string): void {
    this.channel.cancel(invocationId);
  }

  /** Ends it politely. What is in flight is evicted: it goes back to the queue. */
  async retire(): Promise<void> {
    this.#endedFor ??= 'retirement';
    this.#isOver = true;
    // What is paused can't say goodbye. Where it does not wake up it is killed all the same.
    await this.#rest.resume().catch(() => undefined);
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
    this.#endedFor = 'timeOut';
    this.#isOver = true;
    const lateMs = this.hold.workMs + SAME_DEADLINE_MS;
    const isAlone = this.#flights.count === 1;
    if (isAlone || (await this.channel.ping(PING_MS)) !== null) this.#blameLate(lateMs);
    else this.#isStuck = true;
    await this.container.kill();
  }

  /** What comes to its deadline later, while the container is being ended, is displaced like the others. */
  #blameLate(lateMs: number): void {
    for (const { invocation } of this.#flights.timeOut(lateMs)) this.channel.cancel(invocation.invocationId);
  }

  /** The stream ends before or after the process does: whichever comes first decides who was there. */
  async #watch(): Promise<ContainerExit> {
    await Promise.race([this.channel.closed, this.container.exited]);
    this.#isOver = true;
    this.#loneCulprit = this.#flights.lone;
    await Promise.race([this.container.exited, delay(EXIT_REPORT_SECONDS * 1000, undefined, { ref: false })]);
    await this.container.kill();
    return this.container.exited;
  }

  async #judge(flight: Flight): Promise<HostResult> {
    return judgeEnding({
      exit: await this.#over,
      timedOut: flight.timedOut,
      endedFor: this.#endedFor,
      wasStuck: this.#isStuck,
      wasAlone: this.#loneCulprit === flight,
    });
  }
}
