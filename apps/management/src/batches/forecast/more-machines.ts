import { finishOf, type RunWork } from './finish.js';
import { longestItemSeconds, type Likelihood } from './item-time.js';
import type { Places } from './places.js';

/** Nobody has more to give: past it the answer is that no number of machines is enough. */
const MOST_MACHINES = 10_000;

export type MoreMachines =
  /** So many more, from now until the deadline, make it; 0: none is needed. */
  { readonly count: number; readonly because: null } | { readonly count: null; readonly because: NoNumber };

/** Why no number of machines makes it. */
export type NoNumber = 'deadlinePassed' | 'beginsTooLate' | 'itemTooLong' | 'limited' | 'tooMany';

export interface DeadlineQuestion {
  readonly nowMs: number;
  readonly deadlineMs: number;
  readonly work: RunWork;
  readonly places: Places;
  /** Of a machine as the pool has them, offered all the time. */
  readonly placesPerMachine: number;
  readonly likelihood: Likelihood;
}

/** The fewest machines, beside those that are expected, with which a run is done by its deadline. */
export function moreMachines(question: DeadlineQuestion): MoreMachines {
  if (makesIt(question, 0)) return { count: 0, because: null };
  if (!makesIt(question, MOST_MACHINES)) return { count: null, because: whyNone(question) };
  let [tooFew, enough] = [0, MOST_MACHINES];
  while (enough - tooFew > 1) {
    const tried = Math.floor((tooFew + enough) / 2);
    if (makesIt(question, tried)) enough = tried;
    else tooFew = tried;
  }
  return { count: enough, because: null };
}

function makesIt(
  { nowMs, deadlineMs, work, places, placesPerMachine, likelihood }: DeadlineQuestion,
  more: number,
) {
  const withMore: Places = (hourMs) => places(hourMs) + more * placesPerMachine;
  const finish = finishOf(nowMs, work, withMore, likelihood);
  return finish !== null && finish <= deadlineMs;
}

function whyNone({ nowMs, deadlineMs, work, likelihood }: DeadlineQuestion): NoNumber {
  if (deadlineMs <= nowMs) return 'deadlinePassed';
  if (deadlineMs <= work.beginsAtMs) return 'beginsTooLate';
  const longest = longestItemSeconds(work.time, work.itemsLeft, likelihood) * 1000;
  if (Math.max(nowMs, work.beginsAtMs) + longest > deadlineMs) return 'itemTooLong';
  return work.mostAtOnce === Infinity ? 'tooMany' : 'limited';
}
