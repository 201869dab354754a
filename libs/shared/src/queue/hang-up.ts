/**
 * Whether the client of a call has gone before its answer. What runs for it may be given up, and whoever can is told at once.
 * Small, since there is one for every job that is taken.
 */
export class HangUp {
  #listener: (() => void) | undefined;
  #happened = false;

  get happened(): boolean {
    return this.#happened;
  }

  /** Calls the listener when it happens, at once when it has. One at a time: a later listener takes the place of an earlier one. */
  whenHappened(listener: () => void): void {
    this.#listener = listener;
    if (this.#happened) listener();
  }

  happen(): void {
    if (this.#happened) return;
    this.#happened = true;
    this.#listener?.();
  }
}
