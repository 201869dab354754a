import type { InputState, RunState } from '../../domain/batch.js';

/** What decides whether a run is at its end. */
export interface RunSituation {
  readonly state: RunState;
  readonly inputState: InputState;
  /** Why it is being stopped; one that is only cancelled has none. */
  readonly hasFailure: boolean;
  readonly inputSizeBytes: number;
  readonly cursorByte: number;
  readonly openChunks: number;
  readonly itemsTotal: number;
  readonly itemsSucceeded: number;
}

/**
 * How a run ends now, or null while it goes on. Only a run of whose items every one is known to have succeeded has succeeded:
 * an item without an outcome counts against it.
 */
export function dueEnd(run: RunSituation): RunState | null {
  if (run.openChunks > 0) return null;
  if (run.state === 'cancelling') return run.hasFailure ? 'failed' : 'cancelled';
  if (run.state !== 'waiting' && run.state !== 'running') return null;
  // Before it is made an input is as empty as one without items.
  if (run.inputState !== 'ready') return null;
  if (run.cursorByte < run.inputSizeBytes) return null;
  return run.itemsSucceeded === run.itemsTotal ? 'succeeded' : 'completedWithFailures';
}
