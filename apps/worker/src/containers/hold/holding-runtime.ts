import { ContainerRuntime, type ContainerSpec, type RunningContainer } from '../container-runtime.js';
import { CpuGovernor } from '../cpu/cpu-governor.js';
import type { CpuLimits } from '../cpu/cpu-share.js';
import { EvictedError } from '../evicted-error.js';
import { HeldContainer } from './held-container.js';
import type { Hold } from './hold.js';

/** A runtime all of whose containers, also those that are only being started, can be kept from running at once. */
export class HoldingRuntime extends ContainerRuntime {
  readonly #containers = new Set<HeldContainer>();
  readonly #governor: CpuGovernor;
  #isWanted = false;

  /** @param onTrouble what could not be limited; it is tried again later */
  constructor(
    private readonly inner: ContainerRuntime,
    private readonly hold: Hold,
    onTrouble?: (error: unknown) => void,
  ) {
    super();
    this.#governor = new CpuGovernor(inner, () => [...this.#containers], onTrouble);
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

  override get isHere(): boolean {
    return this.inner.isHere;
  }

  override get bindsTogether(): boolean {
    return this.inner.bindsTogether;
  }

  override limitTogether(limits: CpuLimits): Promise<void> {
    return this.inner.limitTogether(limits);
  }

  /** Those that were started and have not ended. */
  get containers(): readonly RunningContainer[] {
    return [...this.#containers];
  }

  /** How many may use the processor. */
  get awake(): number {
    return [...this.#containers].filter(({ isPaused }) => !isPaused).length;
  }

  /** Limits all containers together, those that run and those that are started from now on. Idempotent. */
  limitCpu(limits: CpuLimits): void {
    this.#governor.want(limits);
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
    const { cpus, cpuWeight } = spec.limits;
    const share = this.#governor.shareAtStart({ cpus, cpuWeight });
    const started = await this.inner.start({ ...spec, limits: { ...spec.limits, ...share } });
    if (this.hold.isOn) {
      await started.kill();
      this.#mustNotHold();
    }
    const container = new HeldContainer(started, { cpus, cpuWeight }, () => this.#governor.look());
    this.#containers.add(container);
    this.#governor.started(container, share);
    void container.exited.then(() => {
      this.#containers.delete(container);
      this.#governor.look();
    });
    return container;
  }

  reconcile(): Promise<void> {
    return this.inner.reconcile();
  }

  close(): Promise<void> {
    return this.inner.close();
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
