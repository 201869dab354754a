/** Lets so many tasks run at once. One caller starts tasks; the first failure is thrown to it. */
export class Slots {
  #running = 0;
  #failure: { readonly error: unknown } | undefined;
  #onChange: (() => void) | undefined;

  /** @param onEnded is told of each task that has ended, once its slot is free */
  constructor(
    private readonly size: number,
    private readonly onEnded: () => void = () => undefined,
  ) {}

  /** No task runs. */
  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** A task has failed: `run` and `drained` throw. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves when the task has been started, which waits for a free slot. Throws the first failure of any task. */
  async run(task: () => Promise<void>): Promise<void> {
    while (this.#running >= this.size) await this.#change();
    this.#throwFailure();
    this.#running += 1;
    void task()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running -= 1;
        this.#onChange?.();
        this.onEnded();
      });
  }

  /** Resolves when no task runs. Throws the first failure of any task. */
  async drained(): Promise<void> {
    while (this.#running > 0) await this.#change();
    this.#throwFailure();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = () => {
        this.#onChange = undefined;
        resolve();
      };
    });
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
