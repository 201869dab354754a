import { DAY_MS, HOUR_MS, hourOf } from '#shared/domain/machine-time.js';
import { percentilesOf } from '#shared/domain/capacity/percentiles.js';
import type { TimeStep } from '#shared/store/machine-time-store.js';
import type { Likelihood } from './item-time.js';
import type { Places } from './places.js';

/** An hour of a pool's past: the share of its machines' time that work could have. */
export type OfferedHour = Pick<TimeStep, 'at' | 'offered' | 'allocated' | 'idle' | 'owner' | 'down'>;

export interface Fleet {
  /** Of all machines of the pool that were heard of lately, whatever they do now. */
  readonly placesAltogether: number;
  /** Of those that take work now. */
  readonly placesReady: number;
}

export interface OfferedPlaces {
  readonly places: Record<Likelihood, Places>;
  /** False: nothing is known of the past, and it is assumed that the machines stay as they are now. */
  readonly isFromHistory: boolean;
}

const WEEK_HOURS = 7 * 24;
/** One week may have been a holiday. */
const LEAST_WEEKS = 2;
/** Of other days at the same hour: nights and days differ more than weekdays do. */
const LEAST_DAYS = 3;
/** What one can count on nine times in ten is what was there even in bad weeks. */
const SHARE_OF: Record<Likelihood, number> = { p50: 0.5, p90: 0.1 };

/** What part of its machines' time a pool offered in the hours of past weeks, by weekday and hour, and by hour alone. */
export interface OfferedShares {
  readonly byWeekHour: ReadonlyMap<number, readonly number[]>;
  readonly byDayHour: ReadonlyMap<number, readonly number[]>;
}

export function offeredShares(history: readonly OfferedHour[]): OfferedShares {
  return { byWeekHour: sharesBy(history, WEEK_HOURS), byDayHour: sharesBy(history, 24) };
}

/**
 * What a pool will offer: in this hour the machines that are ready now, later what such a fleet offered at this weekday and hour (UTC)
 * in past weeks; in its typical week for `p50`, in its bad weeks for `p90`. A share of the machines' time is taken, so that a fleet that
 * has grown counts as it is today.
 */
export function offeredPlaces(nowMs: number, past: OfferedShares, fleet: Fleet): OfferedPlaces {
  const thisHour = hourOf(nowMs);
  const placesOf = (likelihood: Likelihood): Places =>
    remembered((hourMs) => {
      const shares = hourMs <= thisHour ? undefined : sharesAt(hourMs, past);
      return shares ? fleet.placesAltogether * lowShare(shares, SHARE_OF[likelihood]) : fleet.placesReady;
    });
  return {
    places: { p50: placesOf('p50'), p90: placesOf('p90') },
    isFromHistory: sharesAt(thisHour + HOUR_MS, past) !== undefined,
  };
}

function sharesAt(hourMs: number, { byWeekHour, byDayHour }: OfferedShares): readonly number[] | undefined {
  const sameWeekday = byWeekHour.get(hourNumber(hourMs) % WEEK_HOURS) ?? [];
  if (sameWeekday.length >= LEAST_WEEKS) return sameWeekday;
  const sameHour = byDayHour.get(hourNumber(hourMs) % 24) ?? [];
  return sameHour.length >= LEAST_DAYS ? sameHour : undefined;
}

/** How far back it is looked. Whole weeks, so that each weekday comes equally often. */
export const HISTORY_DAYS = 42;

/** The hours that are over and that are looked at. */
export function historyRange(nowMs: number): { readonly from: Date; readonly until: Date } {
  const until = hourOf(nowMs);
  return { from: new Date(until - HISTORY_DAYS * DAY_MS), until: new Date(until) };
}

function sharesBy(history: readonly OfferedHour[], modulus: number): Map<number, number[]> {
  const shares = new Map<number, number[]>();
  for (const step of history) {
    const all = step.allocated + step.idle + step.owner + step.down;
    if (all <= 0) continue;
    const key = hourNumber(step.at.getTime()) % modulus;
    shares.set(key, [...(shares.get(key) ?? []), Math.min(1, step.offered / all)]);
  }
  return shares;
}

function lowShare(shares: readonly number[], share: number): number {
  const counted = [...shares].sort((a, b) => a - b).map((value) => ({ value, count: 1 }));
  return percentilesOf(counted, [share])[0] ?? 0;
}

function hourNumber(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS);
}

function remembered(places: Places): Places {
  const known = new Map<number, number>();
  return (hourMs) => {
    const before = known.get(hourMs);
    if (before !== undefined) return before;
    const found = places(hourMs);
    known.set(hourMs, found);
    return found;
  };
}
