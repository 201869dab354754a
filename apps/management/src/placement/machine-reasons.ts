import type { Machine } from '#shared/domain/machine.js';

/** The reason that a machine gives for taking no work, else its state. */
function reasonOf({ state, capacity }: Machine): string {
  if (state === 'offline' || state === 'drained' || state === 'draining') return state;
  return capacity?.reason ? capacity.reason : state;
}

/** How many machines take no work for which reason, the most frequent first: `12 USER_ACTIVE, 3 BATTERIES`. */
export function reasonCounts(machines: readonly Machine[]): string {
  const counts = new Map<string, number>();
  for (const machine of machines) counts.set(reasonOf(machine), (counts.get(reasonOf(machine)) ?? 0) + 1);
  return [...counts]
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}
