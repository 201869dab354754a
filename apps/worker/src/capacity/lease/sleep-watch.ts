const TICK_MS = 1_000;
/** Above what a busy machine is late by, and under the reserve of the shortest usual lease. */
const LATE_MS = 4_000;

/**
 * Notices that time went by in which this process did not run: the machine was asleep, or the process was stopped. Timers say it
 * late or, where the monotonic clock slept too, not at all.
 */
export class SleepWatch {
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;

  constructor(
    private readonly nowMs: () => number,
    private readonly onWoke: (seconds: number) => void,
  ) {}

  open(): void {
    this.#lastMs = this.nowMs();
    this.#timer = setInterval(() => this.tick(), TICK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Done by its timer. */
  tick(): void {
    const nowMs = this.nowMs();
    const awayMs = nowMs - this.#lastMs - TICK_MS;
    this.#lastMs = nowMs;
    if (awayMs >= LATE_MS) this.onWoke(awayMs / 1000);
  }
}
