import { admitSeconds, type TimeLeft } from '../../capacity/admission/admission.js';
import { neededSeconds, type Need } from './need.js';

/** What is asked of the machine. */
export interface WorkFacts {
  readonly need: Need;
  /** Somebody waits for it, or may: it is no batch's. */
  readonly isUrgent: boolean;
  readonly evictions: number;
  /** For how long machines have left it to others, all of them together, milliseconds. */
  readonly leftMs: number;
  /** Whether the machine meets its requirements. */
  readonly isMet: boolean;
  /** Whether another machine that has room would be better for it, as its rank says. */
  readonly isBetterElsewhere: boolean;
}

/** What the machine has to give. */
export interface TakingFacts {
  readonly left: TimeLeft;
  /** It is never its owner's: what runs here is not evicted. */
  readonly isDedicated: boolean;
  /** There is a dedicated machine that takes work. Not looked for where nothing depends on it. */
  readonly isDedicatedElsewhere: boolean;
}

/**
 * `pass`: another machine is to have it, and soon this one takes it nevertheless. `refuse`: it does not go here; if it is the same
 * for all that waits, the machine says why. Both leave it to others, without an attempt.
 */
export type Taking =
  | { readonly verdict: 'take' }
  | { readonly verdict: 'pass'; readonly because: 'DEDICATED_FIRST' | 'BETTER_ELSEWHERE' }
  | { readonly verdict: 'refuse'; readonly reason: 'WINDOW_TOO_SHORT' | 'IMAGE_INCOMPATIBLE' };

export const TAKE: Taking = Object.freeze({ verdict: 'take' });

/** Work that was evicted so often has had bad luck enough: it is to go where nobody evicts it. */
export const EVICTIONS_TILL_DEDICATED = 3;
/** For so long such work is left to dedicated machines, which may be busy. */
const DEDICATED_LEFT_MS = 15_000;
/**
 * For so long work is left to a machine with a better rank: it looked free, and takes it at once if it is handed it. That is chance:
 * in this time of two machines the worse one is handed it ten times in a row, once in a thousand times.
 */
const RANK_LEFT_MS = 3_000;
/** For so long an urgent call is left to machines whose owner is expected later: then a guess is no reason to let it wait. */
const URGENT_LEFT_MS = 3_000;

/** Whether this machine takes work that was handed to it. Pure. */
export function decideTaking(work: WorkFacts, machine: TakingFacts): Taking {
  if (!work.isMet) return { verdict: 'refuse', reason: 'IMAGE_INCOMPATIBLE' };
  if (!fits(work, machine.left)) return { verdict: 'refuse', reason: 'WINDOW_TOO_SHORT' };
  const { evictions, leftMs } = work;
  const wantsDedicated = evictions >= EVICTIONS_TILL_DEDICATED && !machine.isDedicated;
  if (wantsDedicated && machine.isDedicatedElsewhere && leftMs < DEDICATED_LEFT_MS)
    return { verdict: 'pass', because: 'DEDICATED_FIRST' };
  if (work.isBetterElsewhere && leftMs < RANK_LEFT_MS)
    return { verdict: 'pass', because: 'BETTER_ELSEWHERE' };
  return TAKE;
}

function fits({ need, leftMs, isUrgent }: WorkFacts, left: TimeLeft): boolean {
  const needed = neededSeconds(need, leftMs);
  if (admitSeconds(needed, left).admitted) return true;
  // The ends of a window and of hours are promises, when an owner comes is a guess: if he does, he goes before the call.
  const isBoundByGuessAlone = admitSeconds(needed, { ...left, idle: Infinity }).admitted;
  return isUrgent && leftMs >= URGENT_LEFT_MS && isBoundByGuessAlone;
}
