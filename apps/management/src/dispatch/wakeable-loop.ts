/** One round of work; says how many milliseconds later the next one is due. */
export type Round = () => Promise<number>;

/**
 * Runs a round again and again, never two at once: after the delay that the last round asked for, or at once when woken.
 * A wake-up that comes during a round is not lost: the next round follows directly.
 *
 * Idle until `start`; after `stop` it has ended for good.
 */
export class WakeableLoop {
  private finished: Promise<void> = Promise.resolve();
  private stopped = false;
  private woken = false;
  private endSleep: (() => void) | null = null;

  /** @param onError a round that threw: says when to try again */
  constructor(
    private readonly round: Round,
    private readonly onError: (error: unknown) => number,
  ) {}

  start(): void {
    this.finished = this.run();
  }

  wake(): void {
    this.woken = true;
    this.endSleep?.();
  }

  /** Lets the round under way come to its end, and waits for it. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.endSleep?.();
    await this.finished;
  }

  get isStopping(): boolean {
    return this.stopped;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.woken = false;
      const delayMs = await this.round().catch(this.onError);
      await this.sleep(delayMs);
    }
  }

  private async sleep(delayMs: number): Promise<void> {
    if (this.woken || this.stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.endSleep = null;
  }
}
