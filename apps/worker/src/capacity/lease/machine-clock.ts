import { uptime } from 'node:os';

/** Less can't be told from what the two clocks are read and rounded with: on macOS the uptime has whole seconds. */
const LEAST_SLEEP_MS = 2_000;
/** Often enough for a lease of seconds, and seldom enough to cost nothing where each item asks. */
const LOOK_EVERY_MS = 100;

/**
 * A clock that nobody can set and that also counts while the machine sleeps, milliseconds. Node's monotonic clock stands still
 * meanwhile on Linux: a lease measured on it would seem to hold in the morning still. The system's uptime goes on everywhere,
 * and is only as exact as hundredths or whole seconds; so jumps between the two are what this one adds.
 */
export class MachineClock {
  #sleptMs = 0;
  #monotonicMs: number;
  #upMs: number;

  constructor(
    private readonly readMonotonicMs: () => number = () => performance.now(),
    private readonly readUpMs: () => number = () => uptime() * 1000,
  ) {
    this.#monotonicMs = readMonotonicMs();
    this.#upMs = readUpMs();
  }

  get nowMs(): number {
    const monotonicMs = this.readMonotonicMs();
    if (monotonicMs - this.#monotonicMs >= LOOK_EVERY_MS) this.#look(monotonicMs);
    return monotonicMs + this.#sleptMs;
  }

  #look(monotonicMs: number): void {
    const upMs = this.readUpMs();
    const sleptMs = upMs - this.#upMs - (monotonicMs - this.#monotonicMs);
    // Two clocks drift apart by seconds a day; between two looks by nothing.
    if (sleptMs >= LEAST_SLEEP_MS) this.#sleptMs += sleptMs;
    this.#monotonicMs = monotonicMs;
    this.#upMs = upMs;
  }
}
