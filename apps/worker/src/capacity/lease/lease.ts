/**
 * For how long this machine may begin and commit work. Nobody has it before the first heartbeat is answered; a worker that is being
 * stopped is let go from it: what it still hands in is judged by its fence.
 */
export class Lease {
  #endsMs: number | null = null;
  #isWaived = false;

  /** @param nowMs a clock that nobody can set and that counts while the machine sleeps */
  constructor(private readonly nowMs: () => number) {}

  /** By its clock; null: there was none yet. */
  get endsMs(): number | null {
    return this.#endsMs;
  }

  /** Asked where work begins and where outcomes are committed: a timer would be late on a machine that was asleep. */
  get isHeld(): boolean {
    return this.#isWaived || (this.#endsMs !== null && this.nowMs() < this.#endsMs);
  }

  renewUntil(endsMs: number): void {
    this.#endsMs = endsMs;
  }

  /** From now on it is nobody's concern. */
  waive(): void {
    this.#isWaived = true;
  }
}
