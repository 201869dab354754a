/** A piece of promised work that has been silent for a while, as SQL and the queue see it. */
export interface SilentWork {
  /** The queue has it: waiting, delayed or with a worker. */
  readonly known: boolean;
  /** How often SQL has put it on the queue. */
  readonly dispatchCount: number;
  /** Nobody wants it to run any more (its run is being cancelled, or has ended). */
  readonly unwanted: boolean;
}

/**
 * `leave`: the queue looks after it. `redispatch`: it was lost, put it back. `abandon`: it was lost too often (a poison job,
 * or a queue that keeps losing its memory): end it with a platform failure. `cancel`: it was lost and nobody misses it.
 */
export type ReconcileAction = 'leave' | 'redispatch' | 'abandon' | 'cancel';

export function decideReconcile(work: SilentWork, maxDispatches: number): ReconcileAction {
  if (work.known) return 'leave';
  if (work.unwanted) return 'cancel';
  return work.dispatchCount >= maxDispatches ? 'abandon' : 'redispatch';
}

/**
 * How the reconciler stands to the queue:
 * `steady` → (the queue did not answer, or somebody could not enqueue) → `outage` → (it answers again and a round went
 * through) → `settling`: one more round soon, for the work that was accepted in the outage's last moments and counted as
 * too young in the round before → `steady`.
 */
export type ReconcilePhase = 'steady' | 'outage' | 'settling';

export function nextPhase(phase: ReconcilePhase, roundWentThrough: boolean): ReconcilePhase {
  if (!roundWentThrough) return 'outage';
  return phase === 'outage' ? 'settling' : 'steady';
}

/** One cheap question a second while the queue is away: it is back in use at once, and nothing is hammered. */
const PROBE_DELAY_MS = 1000;

export function roundDelayMs(
  phase: ReconcilePhase,
  settings: { readonly reconcileIntervalSeconds: number; readonly reconcileSilentSeconds: number },
): number {
  const intervalMs = settings.reconcileIntervalSeconds * 1000;
  if (phase === 'outage') return Math.min(PROBE_DELAY_MS, intervalMs);
  if (phase === 'settling') return Math.min(intervalMs, (settings.reconcileSilentSeconds + 1) * 1000);
  return intervalMs;
}
