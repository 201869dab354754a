import { sameLimits, sameShare, shareOf, UNLIMITED, type CpuLimits, type CpuShare } from './cpu-share.js';

/** A container that runs, or is paused. */
export interface GovernedContainer {
  /** What it has where nothing limits all. */
  readonly ownShare: CpuShare;
  readonly isPaused: boolean;
  /** False: its engine can't change what runs. */
  limitCpu(share: CpuShare): Promise<boolean>;
}

/** Who binds all containers at once, if somebody can. */
export interface GovernedRuntime {
  readonly bindsTogether: boolean;
  limitTogether(limits: CpuLimits): Promise<void>;
}

/** An engine that refuses one order refuses the next: it is not asked again at each look. */
const REST_MS = 10_000;

/**
 * Keeps all containers together under what the capacity policy gives them, also those that run when it changes. Where the runtime
 * binds them together each may use all of that; else it is divided among those that are awake, and divided anew when one comes,
 * goes, is paused or resumed. Orders to the engine are carried out one after the other, and only those that change something.
 */
export class CpuGovernor {
  #wanted = UNLIMITED;
  #bound = UNLIMITED;
  readonly #given = new WeakMap<GovernedContainer, CpuShare>();
  #acting: Promise<void> | undefined;
  #mustLookAgain = false;
  #restUntilMs = 0;

  /** @param onTrouble what could not be limited; it is tried again later */
  constructor(
    private readonly runtime: GovernedRuntime,
    private readonly containers: () => readonly GovernedContainer[],
    private readonly onTrouble: (error: unknown) => void = () => undefined,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Idempotent; told again and again, it tries again what failed. */
  want(limits: CpuLimits): void {
    this.#wanted = limits;
    this.look();
  }

  /** For a container that is about to be started. */
  shareAtStart(own: CpuShare): CpuShare {
    return shareOf(own, this.#wanted, this.#among(1));
  }

  started(container: GovernedContainer, share: CpuShare): void {
    this.#given.set(container, share);
    this.look();
  }

  /** Who is awake has changed. */
  look(): void {
    this.#mustLookAgain = true;
    this.#acting ??= this.#actUntilDone();
  }

  /** Resolves when nothing is being changed. */
  async settled(): Promise<void> {
    await this.#acting;
  }

  async #actUntilDone(): Promise<void> {
    // Not before those who told of a change have said all of it.
    await Promise.resolve();
    while (this.#mustLookAgain && this.nowMs() >= this.#restUntilMs) {
      this.#mustLookAgain = false;
      await this.#act().catch((error: unknown) => {
        this.#restUntilMs = this.nowMs() + REST_MS;
        this.onTrouble(error);
      });
    }
    this.#acting = undefined;
  }

  /** A kernel may refuse a group less than one of its containers has: who is to have less is told before the group, else after. */
  async #act(): Promise<void> {
    const wanted = this.#wanted;
    const isNarrower = (wanted.cores ?? Infinity) < (this.#bound.cores ?? Infinity);
    if (!isNarrower) await this.#bindTogether(wanted);
    await this.#bindEach(wanted);
    if (isNarrower) await this.#bindTogether(wanted);
  }

  async #bindTogether(limits: CpuLimits): Promise<void> {
    if (this.runtime.bindsTogether && !sameLimits(limits, this.#bound))
      await this.runtime.limitTogether(limits);
    this.#bound = limits;
  }

  async #bindEach(limits: CpuLimits): Promise<void> {
    const among = this.#among(0);
    const changes = this.containers().flatMap((container) => {
      const share = shareOf(container.ownShare, limits, among);
      const given = this.#given.get(container) ?? container.ownShare;
      // One that is paused uses nothing. It is told when it is resumed.
      const mayWait = container.isPaused && among !== null;
      return mayWait || sameShare(share, given) ? [] : [{ container, share }];
    });
    await Promise.all(
      changes.map(async ({ container, share }) => {
        await container.limitCpu(share);
        this.#given.set(container, share);
      }),
    );
  }

  #among(more: number): number | null {
    if (this.runtime.bindsTogether) return null;
    return this.containers().filter(({ isPaused }) => !isPaused).length + more;
  }
}
