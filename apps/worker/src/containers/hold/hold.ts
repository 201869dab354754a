import { EvictedError } from '../evicted-error.js';

interface Alarm {
  readonly act: () => void;
  leftMs: number;
  /** When the clock last began to run for it. */
  sinceMs: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Whether all containers are kept from running for the machine's owner. It is **off** or **on**; while it is on, the clock of
 * those who work in containers stands still, so that nobody's time runs out while he can't use it.
 *
 * It acts on no container itself: that is the business of `HoldingRuntime`.
 */
export class Hold {
  readonly #alarms = new Set<Alarm>();
  readonly #starts = new Set<(error: EvictedError) => void>();
  #onSinceMs: number | null = null;
  #heldMs = 0;

  get isOn(): boolean {
    return this.#onSinceMs !== null;
  }

  /** A monotonic clock that stands still while the hold is on, milliseconds. */
  get workMs(): number {
    return (this.#onSinceMs ?? performance.now()) - this.#heldMs;
  }

  /** Idempotent. What is only being started is given up. */
  putOn(): void {
    if (this.isOn) return;
    const nowMs = performance.now();
    this.#onSinceMs = nowMs;
    for (const alarm of this.#alarms) {
      clearTimeout(alarm.timer);
      alarm.leftMs -= nowMs - alarm.sinceMs;
    }
    this.giveUpStarts();
  }

  /** Idempotent. */
  lift(): void {
    if (this.#onSinceMs === null) return;
    this.#heldMs += performance.now() - this.#onSinceMs;
    this.#onSinceMs = null;
    for (const alarm of this.#alarms) this.#arm(alarm);
  }

  /** Calls back once, after so much time during which the hold was off. @returns what cancels it */
  after(milliseconds: number, act: () => void): () => void {
    const alarm: Alarm = { act, leftMs: milliseconds, sinceMs: 0, timer: undefined };
    this.#alarms.add(alarm);
    if (!this.isOn) this.#arm(alarm);
    return () => {
      clearTimeout(alarm.timer);
      this.#alarms.delete(alarm);
    };
  }

  /** Ends the starts that are under way: each throws `EvictedError`. */
  giveUpStarts(): void {
    for (const giveUp of this.#starts)
      giveUp(new EvictedError('Its container was still being started when the machine was needed.'));
  }

  /** Waits for a step of a container's start. Throws `EvictedError` when starts are given up meanwhile. */
  async starting<Step>(step: Promise<Step>): Promise<Step> {
    const givenUp = Promise.withResolvers<never>();
    this.#starts.add(givenUp.reject);
    try {
      return await Promise.race([step, givenUp.promise]);
    } finally {
      this.#starts.delete(givenUp.reject);
    }
  }

  #arm(alarm: Alarm): void {
    alarm.sinceMs = performance.now();
    alarm.timer = setTimeout(
      () => {
        this.#alarms.delete(alarm);
        alarm.act();
      },
      Math.max(0, alarm.leftMs),
    );
  }
}
