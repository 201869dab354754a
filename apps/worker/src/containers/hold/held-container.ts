import type {
  ContainerExit,
  ContainerOutputLine,
  ContainerUse,
  RunningContainer,
} from '../container-runtime.js';
import type { GovernedContainer } from '../cpu/cpu-governor.js';
import type { CpuShare } from '../cpu/cpu-share.js';

/**
 * A container that two may keep from running: the pool, while it is idle, and the hold, for the machine's owner. It runs while
 * neither does. Orders to the engine are carried out one after the other.
 */
export class HeldContainer implements RunningContainer, GovernedContainer {
  readonly id: string;
  readonly engineId: string | null;
  readonly appDirectory: string;
  readonly exited: Promise<ContainerExit>;
  #rests = false;
  #isHeld = false;
  #isPaused = false;
  #orders: Promise<void> = Promise.resolve();

  /** @param onChanged it was paused or resumed */
  constructor(
    private readonly inner: RunningContainer,
    readonly ownShare: CpuShare,
    private readonly onChanged: () => void = () => undefined,
  ) {
    this.id = inner.id;
    this.engineId = inner.engineId;
    this.appDirectory = inner.appDirectory;
    this.exited = inner.exited;
  }

  /** As far as the engine has said. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** For the pool. Throws `EngineUnavailableError`. */
  pause(): Promise<void> {
    this.#rests = true;
    return this.#order();
  }

  /** For the pool; while it is held it stays paused nevertheless. Throws `EngineUnavailableError`. */
  resume(): Promise<void> {
    this.#rests = false;
    return this.#order();
  }

  /** For the machine's owner. Throws `EngineUnavailableError`; asked again, it tries again. */
  hold(isHeld: boolean): Promise<void> {
    this.#isHeld = isHeld;
    return this.#order();
  }

  onOutput(listener: (line: ContainerOutputLine) => void): void {
    this.inner.onOutput(listener);
  }

  kill(): Promise<void> {
    return this.inner.kill();
  }

  environmentWith(settings: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    return this.inner.environmentWith(settings);
  }

  relayHttp(serverPort: number): Promise<void> {
    return this.inner.relayHttp(serverPort);
  }

  limitCpu(share: CpuShare): Promise<boolean> {
    return this.inner.limitCpu(share);
  }

  readUse(): Promise<ContainerUse | null> {
    return this.inner.readUse();
  }

  /** What failed once is no reason not to try what is ordered next. */
  #order(): Promise<void> {
    const done = this.#orders.then(() => this.#carryOut());
    this.#orders = done.catch(() => undefined);
    return done;
  }

  async #carryOut(): Promise<void> {
    const mustRest = this.#rests || this.#isHeld;
    if (mustRest === this.#isPaused) return;
    if (mustRest) await this.inner.pause();
    else await this.inner.resume();
    this.#isPaused = mustRest;
    this.onChanged();
  }
}
