import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import type { CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { Standing } from './standing.js';

/** What is wrong with the engine; the code stands first in the reason that people see. */
export interface EngineProblem {
  /**
   * It does not answer · it answers too slowly · it can't be made ready for this worker · it does not
   * end containers that it was told to kill.
   */
  readonly code: 'ENGINE_DOWN' | 'ENGINE_SLOW' | 'START_FAILED' | 'QUARANTINED';
  readonly message: string;
}

/** What the capacity policy lets this worker do now. */
export interface CapacityOffer {
  readonly state: CapacityState;
  readonly reason: CapacityReason | null;
  /** Whether new work may be taken. */
  readonly isOpen: boolean;
}

/** What is known of the things that a worker needs before it may take work. */
export interface HealthReadings {
  /** The engine's last answer; null: it answered. */
  readonly engineProblem: EngineProblem | null;
  /**
   * Of the test function, since the worker's start or the last problem with the engine: it has run as it should (`passed`), has not
   * run yet (`pending`), or what went wrong.
   */
  readonly testFunction: 'passed' | 'pending' | { readonly problem: string };
  /** Since when the database has refused outcomes, seconds; 0: it has not. */
  readonly recorderStuckSeconds: number;
  readonly stopping: boolean;
  /** What its lease and its orders let it do. */
  readonly standing: Pick<Standing, 'state' | 'reason'>;
  /** What the capacity policy lets it do; null: none acts here. */
  readonly offer: CapacityOffer | null;
}

export type Health =
  | { readonly state: 'ready'; readonly reason: '' }
  | { readonly state: 'unhealthy' | 'owner' | 'draining' | 'drained' | 'revoked'; readonly reason: string };

/** Long enough for a database's failover of some seconds to pass unnoticed: outcomes are held meanwhile. */
const RECORDER_STUCK_LIMIT_SECONDS = 10;

/** Whether a worker may take work now, and why not. */
export function judgeHealth(readings: HealthReadings): Health {
  const { engineProblem, testFunction, recorderStuckSeconds } = readings;
  if (readings.stopping) return { state: 'draining', reason: 'The worker is being stopped.' };
  const { state, reason } = readings.standing;
  if (state !== 'free' && state !== 'uncertain') return { state, reason };
  if (engineProblem !== null) return unhealthy(`${engineProblem.code}: ${engineProblem.message}`);
  if (state === 'uncertain') return unhealthy(reason);
  if (testFunction === 'pending')
    return unhealthy('TEST_FUNCTION_PENDING: The test function has not run yet.');
  if (testFunction !== 'passed') return unhealthy(`TEST_FUNCTION_FAILED: ${testFunction.problem}`);
  if (recorderStuckSeconds > RECORDER_STUCK_LIMIT_SECONDS) {
    const seconds = Math.round(recorderStuckSeconds);
    return unhealthy(`DATABASE_DOWN: The database has taken no outcomes for ${seconds} s; they are held.`);
  }
  return judgeOffer(readings.offer);
}

function judgeOffer(offer: CapacityOffer | null): Health {
  if (offer === null || offer.isOpen) return { state: 'ready', reason: '' };
  const reason = offer.reason ?? '';
  return offer.state === 'unhealthy' ? unhealthy(reason) : { state: 'owner', reason };
}

function unhealthy(reason: string): Health {
  return { state: 'unhealthy', reason };
}
