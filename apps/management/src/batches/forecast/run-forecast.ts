import { finishOf, HORIZON_MS, leftAtWindowEnd, type RunWork } from './finish.js';
import { moreMachines, type MoreMachines } from './more-machines.js';
import type { OfferedPlaces } from './offered-places.js';
import { workDone } from './places.js';

/** `late` also says what was late at its end, or is not done though its deadline is past. */
export const DEADLINE_STATES = ['none', 'notKnown', 'onTime', 'atRisk', 'late'] as const;
/**
 * What will become of a run's deadline: `none` (it has none) · `notKnown` (yet) · `onTime` (nine times in ten it makes it) ·
 * `atRisk` (rather yes than no) · `late` (rather no than yes, or it is past).
 */
export type DeadlineState = (typeof DEADLINE_STATES)[number];

/** What stands in the way of a forecast. `notBegun`: nobody knows when it begins · `tooFar`: it would not be done within two weeks. */
export const UNKNOWNS = ['notBegun', 'inputNotMade', 'noItemTimes', 'noMachines', 'tooFar'] as const;
export type Unknown = (typeof UNKNOWNS)[number];

export interface RunForecast {
  /** With even odds, and nine times in ten, the run is done then. Null: see `unknown`, or not before its window ends. */
  readonly p50At: Date | null;
  readonly p90At: Date | null;
  readonly unknown: Unknown | null;
  readonly deadline: DeadlineState;
  /** With how many machines more the deadline is made nine times in ten; null: it is not asked, or not known. */
  readonly more: MoreMachines | null;
  /** About how many items its window's end leaves undone. */
  readonly leftAtWindowEnd: number;
  /** Whether past weeks were there to go by; else it is assumed that machines stay as they are. */
  readonly isFromHistory: boolean;
}

export interface ForecastFacts {
  readonly nowMs: number;
  readonly deadlineAtMs: number | null;
  /** Null where too little is known of its items. */
  readonly work: RunWork | null;
  readonly unknown: Unknown | null;
  readonly offered: OfferedPlaces;
  readonly placesPerMachine: number;
}

/** What is to be expected of a run that is open. */
export function forecastRun(facts: ForecastFacts): RunForecast {
  const { nowMs, work, offered, deadlineAtMs } = facts;
  if (work === null) return unknownForecast(facts, facts.unknown ?? 'noItemTimes');
  const p50 = finishOf(nowMs, work, offered.places.p50, 'p50');
  const p90 = finishOf(nowMs, work, offered.places.p90, 'p90');
  if (p50 === null) return withoutFinish(facts, work);
  const ends = work.windowEndsAtMs ?? Infinity;
  const inWindow = (finish: number | null): number | null =>
    finish !== null && finish <= ends ? finish : null;
  return {
    p50At: asDate(inWindow(p50)),
    p90At: asDate(inWindow(p90)),
    unknown: null,
    deadline: deadlineState(nowMs, deadlineAtMs, inWindow(p50), inWindow(p90)),
    more: moreFor(facts, work),
    leftAtWindowEnd: leftAtWindowEnd(nowMs, work, offered.places.p50),
    isFromHistory: offered.isFromHistory,
  };
}

/** What is to be said of a run's deadline once it has ended. */
export function endedDeadline(deadlineAt: Date | null, endedAt: Date | null): DeadlineState {
  if (deadlineAt === null || endedAt === null) return 'none';
  return endedAt <= deadlineAt ? 'onTime' : 'late';
}

/** @param p50 null: not in time for anything */
function deadlineState(
  nowMs: number,
  deadlineMs: number | null,
  p50: number | null,
  p90: number | null,
): DeadlineState {
  if (deadlineMs === null) return 'none';
  if (deadlineMs < nowMs || p50 === null || p50 > deadlineMs) return 'late';
  return p90 !== null && p90 <= deadlineMs ? 'onTime' : 'atRisk';
}

function moreFor({ nowMs, deadlineAtMs, offered, placesPerMachine }: ForecastFacts, work: RunWork) {
  if (deadlineAtMs === null) return null;
  const deadlineMs = Math.min(deadlineAtMs, work.windowEndsAtMs ?? Infinity);
  const places = offered.places.p90;
  return moreMachines({ nowMs, deadlineMs, work, places, placesPerMachine, likelihood: 'p90' });
}

function unknownForecast({ nowMs, deadlineAtMs, offered }: ForecastFacts, unknown: Unknown): RunForecast {
  const isPast = deadlineAtMs !== null && deadlineAtMs < nowMs;
  return {
    p50At: null,
    p90At: null,
    unknown,
    deadline: deadlineAtMs === null ? 'none' : isPast ? 'late' : 'notKnown',
    more: null,
    leftAtWindowEnd: 0,
    isFromHistory: offered.isFromHistory,
  };
}

/** Its items are known, and yet no end is in sight. */
function withoutFinish(facts: ForecastFacts, work: RunWork): RunForecast {
  const { nowMs, deadlineAtMs, offered } = facts;
  const untilMs = nowMs + HORIZON_MS;
  const isTooFar = workDone({ fromMs: nowMs, untilMs, places: offered.places.p50 }) > 0;
  const forecast = unknownForecast(facts, isTooFar ? 'tooFar' : 'noMachines');
  const more = moreFor(facts, work);
  const isLate = isTooFar && deadlineAtMs !== null && deadlineAtMs <= untilMs;
  const isHopeless = more?.count === null;
  return { ...forecast, more, deadline: isLate || isHopeless ? 'late' : forecast.deadline };
}

function asDate(timeMs: number | null): Date | null {
  return timeMs === null ? null : new Date(timeMs);
}
