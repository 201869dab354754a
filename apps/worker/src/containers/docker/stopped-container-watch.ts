import { setTimeout as delay } from 'node:timers/promises';
import { isFromOutside, type ExitFacts } from '../exit-cause.js';
import { endedThroughEngine } from './ending/engine-news.js';
import { askKernel } from './ending/kernel-log.js';
import type { EngineDialect } from './engine-dialect.js';
import { engineStatus, type Engine } from './engine.js';

/** How the engine says that a container ended, and what else is known of it. */
export type EndOfContainer = Omit<ExitFacts, 'lastStderr'>;

/** What `inspect` says. */
interface InspectedState {
  readonly running: boolean;
  readonly exitCode: number;
  readonly engineSaysMemory: boolean;
  readonly engineError: string;
}

/** An engine that restarts is back sooner; after this the work must be given to somebody else. */
const LOST_AFTER_SECONDS = 60;
const ASK_AGAIN_SECONDS = 1;
/** The engine hears of a process killed for its memory and of the container's end from two sources, in either order. */
const MEMORY_NEWS_SECONDS = 0.25;

/** Waits for the end of one container, across failures of the connection to the engine. */
export class StoppedContainerWatch {
  private readonly wakeUp = new AbortController();
  private killOrdered = false;
  private mustKill = false;
  /** It could not be asked at least once since there was reason to ask. */
  private engineFailed = false;

  /**
   * @param outputEnded resolves when the container's output is over: it has ended, or the connection to the engine has.
   *   dockerode does not notice when the connection breaks on which it waits for a container.
   */
  constructor(
    private readonly engine: Engine,
    private readonly engineId: string,
    private readonly readExitCode: EngineDialect['readExitCode'],
    outputEnded: Promise<void>,
  ) {
    void outputEnded.then(() => this.wakeUp.abort());
  }

  /** We are about to kill it: that explains an end by SIGKILL. */
  expectKill(): void {
    this.killOrdered = true;
  }

  /** The engine did not take the order to kill: it is given again as soon as the engine can be asked. */
  killWhenPossible(): void {
    this.mustKill = true;
    this.wakeUp.abort();
  }

  /** Its exit code is null when the engine has lost the container, or could not be asked for a minute. Never rejects. */
  async stopped(): Promise<EndOfContainer> {
    const state = await this.inspectedEnd();
    const exitCode = state?.exitCode ?? null;
    const facts = {
      exitCode,
      killOrdered: this.killOrdered,
      engineSaysMemory: state?.engineSaysMemory ?? false,
      engineFailed: this.engineFailed || (state?.engineError ?? '') !== '',
    };
    if (!isFromOutside(exitCode) && !facts.engineSaysMemory)
      return { ...facts, kernel: 'unknown', killedThroughEngine: false };
    const kernel = await askKernel(this.engineId);
    return {
      ...facts,
      kernel,
      killedThroughEngine: !this.killOrdered && (await this.wasEndedThroughEngine()),
    };
  }

  /** Undefined when the engine does not know the container any more, or could not be asked for too long. */
  private async inspectedEnd(): Promise<InspectedState | undefined> {
    let askedInVainSince: number | undefined;
    await this.news();
    for (;;) {
      try {
        const state = await this.inspect();
        if (!state.running) return await this.settled(state);
        askedInVainSince = undefined;
        if (this.mustKill) await this.kill();
      } catch (error) {
        if (engineStatus(error) === 404) return undefined;
        this.engineFailed = true;
        askedInVainSince ??= performance.now();
        if (performance.now() - askedInVainSince > LOST_AFTER_SECONDS * 1000) return undefined;
      }
      await delay(ASK_AGAIN_SECONDS * 1000, undefined, { ref: false });
    }
  }

  /** Returns when there is reason to look: the engine says that it has ended, or nothing will be heard of it any more. */
  private async news(): Promise<void> {
    const { signal } = this.wakeUp;
    const woken = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const container = this.engine.docker.getContainer(this.engineId);
    const ended = container.wait({ condition: 'not-running', abortSignal: signal }).catch(() => undefined);
    await Promise.race([ended, woken]);
  }

  private async inspect(): Promise<InspectedState> {
    const { State } = await this.engine.query('look at a container', (docker, abortSignal) =>
      docker.getContainer(this.engineId).inspect({ abortSignal }),
    );
    const { exitCode, outOfMemory } = this.readExitCode(State.ExitCode);
    return {
      running: State.Running,
      exitCode,
      engineSaysMemory: State.OOMKilled || outOfMemory,
      engineError: State.Error,
    };
  }

  private async settled(state: InspectedState): Promise<InspectedState> {
    if (!isFromOutside(state.exitCode) || state.engineSaysMemory || this.killOrdered) return state;
    await delay(MEMORY_NEWS_SECONDS * 1000);
    return this.inspect();
  }

  /** An engine that does not tell leaves it open. */
  private async wasEndedThroughEngine(): Promise<boolean> {
    return endedThroughEngine(this.engine, this.engineId).catch(() => false);
  }

  private async kill(): Promise<void> {
    await this.engine.command('kill a container', (docker, abortSignal) =>
      docker.getContainer(this.engineId).kill({ signal: 'SIGKILL', abortSignal }),
    );
  }
}
