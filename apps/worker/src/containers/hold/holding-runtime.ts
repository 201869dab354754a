import {
  ContainerRuntime,
  type ContainerLimits,
  type ContainerSpec,
  type RunningContainer,
} from '../container-runtime.js';
import { EvictedError } from '../evicted-error.js';
import { HeldContainer } from './held-container.js';
import type { Hold } from './hold.js';

/** How the engine shares the processor out, where the policy says `low`: the least weight that there is. */
const LEAST_CPU_WEIGHT = 1;

/** A runtime all of whose containers, also those that are only being started, can be kept from running at once. */
export class HoldingRuntime extends ContainerRuntime {
  readonly #containers = new Set<HeldContainer>();
  #lowPriority = false;
  #isWanted = false;

  constructor(
    private readonly inner: ContainerRuntime,
    private readonly hold: Hold,
  ) {
    super();
  }

  get kind(): ContainerRuntime['kind'] {
    return this.inner.kind;
  }

  get os(): ContainerRuntime['os'] {
    return this.inner.os;
  }

  get canPause(): boolean {
    return this.inner.canPause;
  }

  get canPrewarm(): boolean {
    return this.inner.canPrewarm;
  }

  get traits(): ContainerRuntime['traits'] {
    return this.inner.traits;
  }

  /** Those that were started and have not ended. */
  get containers(): readonly RunningContainer[] {
    return [...this.#containers];
  }

  /** How many may use the processor. */
  get awake(): number {
    return [...this.#containers].filter(({ isPaused }) => !isPaused).length;
  }

  /** Whether containers that are started from now on get the least share of the processor. */
  setLowPriority(isLow: boolean): void {
    this.#lowPriority = isLow;
  }

  /** Idempotent. Resolves when all are paused; throws an `AggregateError` with why some could not be. */
  async putOn(): Promise<void> {
    this.#isWanted = true;
    this.hold.putOn();
    await this.#each(true);
  }

  /** Idempotent. Resolves when all run that are not at rest; throws an `AggregateError` with why some could not be resumed. */
  async lift(): Promise<void> {
    this.#isWanted = false;
    // Who works there is given time again only when he can use it; and not when it was put on again meanwhile.
    await this.#each(false).finally(() => this.#isWanted || this.hold.lift());
  }

  prepare(): Promise<{ readonly channelHost: string }> {
    return this.inner.prepare();
  }

  check(): Promise<void> {
    return this.inner.check();
  }

  /** Throws `EvictedError` while it holds, and as the other runtime does. */
  async start(spec: ContainerSpec): Promise<RunningContainer> {
    this.#mustNotHold();
    const started = await this.inner.start({ ...spec, limits: this.#limitsOf(spec.limits) });
    if (this.hold.isOn) {
      await started.kill();
      this.#mustNotHold();
    }
    const container = new HeldContainer(started);
    this.#containers.add(container);
    void container.exited.then(() => this.#containers.delete(container));
    return container;
  }

  reconcile(): Promise<void> {
    return this.inner.reconcile();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  #limitsOf(limits: ContainerLimits): ContainerLimits {
    return this.#lowPriority ? { ...limits, cpuWeight: LEAST_CPU_WEIGHT } : limits;
  }

  #mustNotHold(): void {
    if (this.hold.isOn) throw new EvictedError('The machine is needed: no container is started.');
  }

  /** One that ends meanwhile is no failure. */
  async #each(isHeld: boolean): Promise<void> {
    const all = [...this.#containers];
    const results = await Promise.allSettled(all.map((container) => container.hold(isHeld)));
    const failures = results.flatMap((result, index) => {
      const container = all[index];
      const isThere = container !== undefined && this.#containers.has(container);
      return result.status === 'rejected' && isThere ? [result.reason as unknown] : [];
    });
    if (failures.length > 0)
      throw new AggregateError(failures, `Containers could not be ${isHeld ? 'paused' : 'resumed'}.`);
  }
}
