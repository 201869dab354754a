/** What waits for its time. Its owner takes what is due; until then nothing is held for it but its memory. */
export class WaitingItems<Item> {
  readonly #waiting = new Set<Item>();
  #due: Item[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #onChange: (() => void) | undefined;

  /** Those that wait and those that are due and not taken yet. */
  get size(): number {
    return this.#waiting.size + this.#due.length;
  }

  add(item: Item, delayMs: number): void {
    this.#waiting.add(item);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#waiting.delete(item);
      this.#due.push(item);
      this.notify();
    }, delayMs);
    this.#timers.add(timer);
    this.notify();
  }

  /** In the order in which they became due. */
  takeDue(): readonly Item[] {
    const due = this.#due;
    this.#due = [];
    return due;
  }

  /** Gives up waiting: takes all, due or not. */
  takeAll(): readonly Item[] {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const all = [...this.takeDue(), ...this.#waiting];
    this.#waiting.clear();
    return all;
  }

  /** Wakes who waits in `change`: something that it looks at is different. */
  notify(): void {
    this.#onChange?.();
  }

  /** Resolves when an item has come or is due, when somebody notifies, or when a signal is aborted. For one caller at a time. */
  async change(signals: readonly AbortSignal[]): Promise<void> {
    if (this.#due.length > 0 || signals.some((signal) => signal.aborted)) return;
    await new Promise<void>((resolve) => {
      this.#onChange = resolve;
      for (const signal of signals) signal.addEventListener('abort', this.#wake, { once: true });
    });
    this.#onChange = undefined;
    for (const signal of signals) signal.removeEventListener('abort', this.#wake);
  }

  readonly #wake = (): void => this.notify();
}
