import { matches, rankOf, type Match } from '#shared/contracts/matching/matching.js';
import type { WaitReason } from '#shared/domain/batch.js';
import type { Placement } from '#shared/domain/placement.js';
import type { KnownMachine } from './machine-book.js';

/** What a placement means for one machine. */
export interface JudgedMachine extends KnownMachine {
  readonly match: Match;
  readonly rank: number;
}

/** More would not be read, and stands in every wait reason. */
const NAMED_MACHINES = 5;

/** What work asks of a machine. `batchRequirements` are met besides. */
type Wishes = Placement & { readonly batchRequirements?: string | undefined };

/** The machines that a placement would choose first, first; those that may not run the work at the end, by name. */
export function judgeMachines(
  { requirements, batchRequirements, rank }: Wishes,
  machines: readonly KnownMachine[],
): readonly JudgedMachine[] {
  const judged = machines.map((known) => ({
    ...known,
    match: both(matches(requirements, known.facts), matches(batchRequirements, known.facts)),
    rank: rankOf(rank, known.facts),
  }));
  return judged.sort((one, other) => Number(mayRun(other)) - Number(mayRun(one)) || other.rank - one.rank);
}

/**
 * Why work of a placement waits that these machines are for; null: nothing in its requirements says that it must. Where no machine
 * is known yet, nobody can say.
 */
export function whyWaiting(
  placement: Wishes,
  machines: readonly KnownMachine[],
  pool: string,
): WaitReason | null {
  const asks = placement.requirements !== undefined || placement.batchRequirements !== undefined;
  if (!asks || machines.length === 0) return null;
  const judged = judgeMachines(placement, machines);
  const able = judged.filter(mayRun);
  if (able.length === 0) return noMachine(judged, pool);
  if (able.some(({ machine }) => machine.state === 'ready')) return null;
  const away = able.map(({ machine }) => `${machine.name} (${machine.state})`);
  return {
    code: 'MATCHING_MACHINES_AWAY',
    message: `Of the pool "${pool}" only these machines meet the requirements, and none takes work now: ${listed(away, ', ')}.`,
  };
}

/** What is wrong first is told. */
function both(one: Match, other: Match): Match {
  return one.met === 'yes' ? other : one;
}

export function mayRun({ match }: Pick<JudgedMachine, 'match'>): boolean {
  return match.met === 'yes';
}

function noMachine(judged: readonly JudgedMachine[], pool: string): WaitReason {
  const reasons = judged.map(({ machine, match }) =>
    match.met === 'yes' ? '' : `${machine.name}: ${match.because}`,
  );
  return {
    code: 'NO_MATCHING_MACHINE',
    message:
      `No machine of the pool "${pool}" meets the requirements. ${listed(reasons, '. ')}. ` +
      'Change the requirements, or add or label a machine.',
  };
}

function listed(texts: readonly string[], between: string): string {
  const more = texts.length - NAMED_MACHINES;
  const named = texts.slice(0, NAMED_MACHINES).join(between);
  return more > 0 ? `${named}${between}and ${more} more` : named;
}
