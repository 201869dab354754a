import { useOf, type TimeUse } from '#shared/domain/capacity/time-use.js';
import type { SpentTime } from '#shared/domain/machine-time.js';

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
    sumOf((part) => (useOf(part.state) === use ? part.coreSeconds : 0));
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
