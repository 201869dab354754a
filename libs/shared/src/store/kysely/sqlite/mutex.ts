/** Lets one in at a time, first come, first served. */
export class Mutex {
  private tail: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn; the caller then calls the function that it got, once, at its end. */
  async lock(): Promise<() => void> {
    const previous = this.tail;
    const mine = Promise.withResolvers<void>();
    this.tail = mine.promise;
    await previous;
    return mine.resolve;
  }
}
