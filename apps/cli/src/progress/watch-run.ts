import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchRun, hasEnded } from '../api-answers.js';
import { UnreachableError } from '../api-error.js';

export interface RunSource {
  run(runId: string): Promise<BatchRun>;
}

export interface WatchOptions {
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
  /** Called with each look, the last one too. */
  readonly onProgress: (run: BatchRun) => void;
  /** How long management may be away before watching ends: it may be restarted while a batch runs. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const PATIENCE_MS = 60_000;

/**
 * Looks at a run until it has ended.
 * @throws {UnreachableError} when management was away for longer than the patience
 */
export async function watchRun(source: RunSource, runId: string, options: WatchOptions): Promise<BatchRun> {
  const { intervalMs, onProgress, patienceMs = PATIENCE_MS, signal } = options;
  let answeredAt = performance.now();
  for (;;) {
    const run = await lookAt(source, runId, () => performance.now() - answeredAt < patienceMs);
    if (run) {
      answeredAt = performance.now();
      onProgress(run);
      if (hasEnded(run)) return run;
    }
    await sleep(intervalMs, undefined, { signal });
  }
}

async function lookAt(
  source: RunSource,
  runId: string,
  isPatient: () => boolean,
): Promise<BatchRun | undefined> {
  try {
    return await source.run(runId);
  } catch (error) {
    if (error instanceof UnreachableError && isPatient()) return undefined;
    throw error;
  }
}
