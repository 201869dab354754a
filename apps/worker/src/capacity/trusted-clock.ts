/** The least difference that says that this machine's clock is wrong, rather than that an answer took its time. */
const TOLERANCE_MS = 1_000;

/**
 * The database's time, as this process knows it: what its heartbeats were told, carried on by a clock that nobody can set. Until
 * the first heartbeat it is this machine's own.
 */
export class TrustedClock {
  /** Database time minus monotonic time. */
  #offsetMs: number | undefined;

  constructor(
    private readonly monotonicMs: () => number = () => performance.now(),
    private readonly ownMs: () => number = () => Date.now(),
  ) {}

  /** @param sentAtMs when the question was sent, by the monotonic clock; the answer has just come */
  heard(databaseTime: Date, sentAtMs: number): void {
    this.#offsetMs = databaseTime.getTime() - (sentAtMs + this.monotonicMs()) / 2;
  }

  now(): Date {
    return new Date(this.#offsetMs === undefined ? this.ownMs() : this.#offsetMs + this.monotonicMs());
  }

  /** How much this machine's own clock is ahead of the database's; 0 where that is too little to matter. */
  get errorMs(): number {
    const errorMs = Math.round(this.ownMs() - this.now().getTime());
    return Math.abs(errorMs) < TOLERANCE_MS ? 0 : errorMs;
  }
}
