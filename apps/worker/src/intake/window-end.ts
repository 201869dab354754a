/** How often the clock is looked at: the database's time is learnt anew with each heartbeat, and timers have an upper limit. */
const LOOK_EVERY_MS = 30_000;

/** Says by a signal when the window of a piece of work is over, by the database's time. */
export class WindowEnd {
  readonly #over = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** @param notAfter milliseconds since 1970; undefined: it never ends */
  constructor(
    private readonly notAfter: number | undefined,
    private readonly now: () => Date,
  ) {}

  /** Aborted once it is over. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  open(): void {
    if (this.notAfter === undefined || this.over.aborted) return;
    const leftMs = this.notAfter - this.now().getTime();
    if (leftMs <= 0) this.#over.abort();
    else this.#timer = setTimeout(() => this.open(), Math.min(leftMs, LOOK_EVERY_MS));
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
