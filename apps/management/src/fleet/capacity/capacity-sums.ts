import type { CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { SpentTime } from '#shared/domain/machine-time.js';

/**
 * Whose a machine's time is: work's (`allocated`), anybody's (`idle`: offered, and there is no work), its owner's, or nobody's
 * (`down`: away, unhealthy or taken out). Work's and anybody's together are what is offered.
 */
type TimeUse = 'allocated' | 'idle' | 'owner' | 'down';

const USE_OF: Readonly<Record<CapacityState, TimeUse>> = {
  'claimed/idle': 'allocated',
  'claimed/busy': 'allocated',
  'claimed/retiring': 'allocated',
  'drained/retiring': 'allocated',
  'unclaimed/idle': 'idle',
  'owner/idle': 'owner',
  'claimed/suspended': 'owner',
  'preempting/vacating': 'owner',
  'preempting/killing': 'owner',
  'drained/idle': 'down',
  offline: 'down',
  unhealthy: 'down',
};

/** Core-hours. */
export interface CapacitySums {
  readonly usedCoreHours: number;
  readonly offeredCoreHours: number;
  readonly allocatedCoreHours: number;
  readonly idleCoreHours: number;
  readonly ownerCoreHours: number;
  readonly downCoreHours: number;
}

type Part = Pick<SpentTime, 'state' | 'coreSeconds' | 'offeredCoreSeconds' | 'usedCoreSeconds'>;

/** What times come to together. */
export function sumsOf(parts: readonly Part[]): CapacitySums {
  const sumOf = (pick: (part: Part) => number): number =>
    coreHours(parts.reduce((sum, part) => sum + pick(part), 0));
  const spentOn = (use: TimeUse): number =>
    sumOf((part) => (USE_OF[part.state] === use ? part.coreSeconds : 0));
  return {
    usedCoreHours: sumOf((part) => part.usedCoreSeconds),
    offeredCoreHours: sumOf((part) => part.offeredCoreSeconds),
    allocatedCoreHours: spentOn('allocated'),
    idleCoreHours: spentOn('idle'),
    ownerCoreHours: spentOn('owner'),
    downCoreHours: spentOn('down'),
  };
}

/** The headline: of what was offered, the share that was used; null where nothing was offered. */
export function usedOfOffered({ usedCoreHours, offeredCoreHours }: CapacitySums): number | null {
  return offeredCoreHours === 0 ? null : rounded(usedCoreHours / offeredCoreHours);
}

export function coreHours(coreSeconds: number): number {
  return rounded(coreSeconds / 3600);
}

/** To a fifth decimal: what lies behind it is noise of sums. */
function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
