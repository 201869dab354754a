import type { BatchRun } from '#shared/domain/batch.js';

/** A replay says nothing about its run as a whole, and what is carried over has not ended. */
export function triggersDependents({ cause, state }: Pick<BatchRun, 'cause' | 'state'>): boolean {
  return cause !== 'replay' && state !== 'carriedOver';
}

/**
 * Whether a run has failed so that its batch pauses: the run itself, or all of its items. Single items that failed are dead letters; how
 * many of them are too many is what `failureThreshold` says.
 */
export function hasFailedAltogether({ state }: Pick<BatchRun, 'state'>, itemsSucceeded: number): boolean {
  return state === 'failed' || (state === 'completedWithFailures' && itemsSucceeded === 0);
}
