import type { RunningContainer } from '../container-runtime.js';

/**
 * A container's rest: it is **awake**, or **paused**. Orders to the engine are carried out one after the other, so that a container
 * whose pause is under way when it is needed is resumed right after it. An order that fails leaves it in doubt: from then on
 * `resume` fails, and the container must go.
 */
export class Rest {
  #isPaused = false;
  #orders: Promise<void> | undefined;

  constructor(private readonly container: Pick<RunningContainer, 'pause' | 'resume'>) {}

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Throws `EngineUnavailableError`. */
  pause(): Promise<void> {
    this.#isPaused = true;
    return this.#order(() => this.container.pause());
  }

  /** Resolves when it is awake. Throws `EngineUnavailableError`. */
  async resume(): Promise<void> {
    if (this.#isPaused) {
      this.#isPaused = false;
      await this.#order(() => this.container.resume());
    } else await this.#orders;
  }

  #order(give: () => Promise<void>): Promise<void> {
    this.#orders = (this.#orders ?? Promise.resolve()).then(give);
    return this.#orders;
  }
}
