import type { BatchStore } from '#shared/store/batch-store.js';

/** How soon what is terminated has ended. One small read of the runs that are under way here, and none while there are none. */
const POLL_MS = 1_000;

export interface WatchedRun {
  /** Aborted when the run is terminated. */
  readonly signal: AbortSignal;
  /** It is not under way here any more. */
  end(): void;
}

interface Watched {
  readonly controller: AbortController;
  chunks: number;
}

/**
 * Tells the chunks that are under way here when their run is terminated. It asks SQL, where that stands: so it works whichever
 * instance of management was told, and while Redis is away.
 */
export class TerminationWatch {
  readonly #runs = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(
    private readonly batches: Pick<BatchStore, 'terminatedRuns'>,
    private readonly pollMs = POLL_MS,
  ) {}

  watch(runId: string): WatchedRun {
    const watched = this.#runs.get(runId) ?? { controller: new AbortController(), chunks: 0 };
    watched.chunks += 1;
    this.#runs.set(runId, watched);
    this.#timer ??= setInterval(() => void this.#ask(), this.pollMs).unref();
    let isOver = false;
    return {
      signal: watched.controller.signal,
      end: () => {
        if (isOver) return;
        isOver = true;
        watched.chunks -= 1;
        if (watched.chunks === 0) this.#forget(runId);
      },
    };
  }

  #forget(runId: string): void {
    this.#runs.delete(runId);
    if (this.#runs.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** While SQL is away nobody can have terminated anything that we should know of: asked again next time. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const terminated = await this.batches.terminatedRuns([...this.#runs.keys()]);
      for (const runId of terminated) this.#runs.get(runId)?.controller.abort();
    } catch {
      return;
    } finally {
      this.#isAsking = false;
    }
  }
}
