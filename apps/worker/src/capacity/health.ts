import type { Standing } from './standing.js';

/** What is known of the things that a worker needs before it may take work. */
export interface HealthReadings {
  /** The engine's last answer; null: it answered. */
  readonly engineProblem: string | null;
  /** Since when the database has refused outcomes, seconds; 0: it has not. */
  readonly recorderStuckSeconds: number;
  readonly stopping: boolean;
  /** What its lease and its orders let it do. */
  readonly standing: Pick<Standing, 'state' | 'reason'>;
}

export type Health =
  | { readonly state: 'ready'; readonly reason: '' }
  | { readonly state: 'unhealthy' | 'draining' | 'drained' | 'revoked'; readonly reason: string };

/** Long enough for a database's failover of some seconds to pass unnoticed: outcomes are held meanwhile. */
const RECORDER_STUCK_LIMIT_SECONDS = 10;

/** Whether a worker may take work now, and why not. */
export function judgeHealth(readings: HealthReadings): Health {
  if (readings.stopping) return { state: 'draining', reason: 'The worker is being stopped.' };
  const { state, reason } = readings.standing;
  if (state !== 'free' && state !== 'uncertain') return { state, reason };
  if (readings.engineProblem !== null)
    return { state: 'unhealthy', reason: `ENGINE_DOWN: ${readings.engineProblem}` };
  if (state === 'uncertain') return { state: 'unhealthy', reason };
  if (readings.recorderStuckSeconds > RECORDER_STUCK_LIMIT_SECONDS) {
    const seconds = Math.round(readings.recorderStuckSeconds);
    return {
      state: 'unhealthy',
      reason: `The database has taken no outcomes for ${seconds} s; they are held.`,
    };
  }
  return { state: 'ready', reason: '' };
}
