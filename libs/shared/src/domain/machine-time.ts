import { mayCompute, type CapacityState } from './capacity/capacity-state.js';
import { OFFLINE_AFTER_SECONDS, type MachineReport } from './machine.js';

/** What a machine spends its time on from one heartbeat to the next. */
export interface Spending {
  readonly state: CapacityState;
  /** Empty when nothing stood in the way. */
  readonly reason: string;
  readonly cores: number;
  /** Of them, those that work may have; absent: all of them. */
  readonly offeredCores?: number | undefined;
  /** Absent from workers of older versions. */
  readonly pool?: string | undefined;
}

/** A span of a machine's time that is to be booked, as the database's clock says. */
export interface SpentSpan {
  readonly from: Date;
  readonly until: Date;
  /** When the lease ended that the machine had; null: it held none. What comes after it was `offline`. */
  readonly leaseUntil: Date | null;
  readonly spending: Spending;
  /** How many cores our containers used, on average; null: it is not known, and counts as none. */
  readonly busyCores: number | null;
}

/** What a machine spent in an hour on one state for one reason. */
export interface SpentTime {
  /** The hour's beginning, UTC. */
  readonly hour: Date;
  readonly state: CapacityState;
  readonly reason: string;
  readonly seconds: number;
  /** Of all its cores. */
  readonly coreSeconds: number;
  /** Of those that work could have. */
  readonly offeredCoreSeconds: number;
  /** Of those that our containers used. */
  readonly usedCoreSeconds: number;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** A machine that was away for longer is taken for a new one: what lies between is nobody's time. */
export const LONGEST_SPAN_SECONDS = 31 * 24 * 3600;

/** The beginning of the hour that a time lies in; both in milliseconds since 1970. */
export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) * HOUR_MS;
}

/** The same of a day, UTC. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}

/** What a machine's heartbeat says of its time from now on; told from its state where its worker says no more. */
export function spendingOf(report: MachineReport): Spending {
  const { pool, capacity } = report;
  const cores = { cores: report.cores, offeredCores: report.offeredCores ?? undefined };
  if (capacity) return { ...capacity, ...cores, pool };
  // The reasons of workers begin with a word such as ENGINE_DOWN, where they have one.
  const reason = /^[A-Z_]{1,32}\b/.exec(report.reason)?.[0] ?? '';
  return { state: stateOf(report), reason, ...cores, pool };
}

/** By hour, what a span was spent on. Empty for a span without a length, which is what clocks that were set back make. */
export function spentTimes({ from, until, leaseUntil, spending, busyCores }: SpentSpan): SpentTime[] {
  const end = until.getTime();
  const start = Math.max(from.getTime(), end - LONGEST_SPAN_SECONDS * 1000);
  const leaseEnd = leaseUntil?.getTime() ?? start + OFFLINE_AFTER_SECONDS * 1000;
  const awayFrom = Math.min(end, Math.max(start, leaseEnd));
  const away: Spending = { state: 'offline', reason: '', cores: spending.cores };
  return [
    ...hoursOf(start, awayFrom).map((part) => timeOf(part, spending, busyCores ?? 0)),
    ...hoursOf(awayFrom, end).map((part) => timeOf(part, away, 0)),
  ];
}

function stateOf({ state, slotsBusy }: MachineReport): CapacityState {
  switch (state) {
    case 'ready':
      return slotsBusy > 0 ? 'claimed/busy' : 'unclaimed/idle';
    case 'owner':
      return 'owner/idle';
    case 'draining':
      return 'drained/retiring';
    case 'drained':
    case 'revoked':
      return 'drained/idle';
    default:
      return state;
  }
}

interface HourPart {
  readonly hour: Date;
  readonly seconds: number;
}

function hoursOf(startMs: number, endMs: number): HourPart[] {
  const parts: HourPart[] = [];
  for (let from = startMs; from < endMs;) {
    const hour = hourOf(from);
    const until = Math.min(endMs, hour + HOUR_MS);
    parts.push({ hour: new Date(hour), seconds: (until - from) / 1000 });
    from = until;
  }
  return parts;
}

function timeOf(
  { hour, seconds }: HourPart,
  { state, reason, cores, offeredCores = cores }: Spending,
  busyCores: number,
): SpentTime {
  const coreSeconds = seconds * cores;
  return {
    hour,
    state,
    reason,
    seconds,
    coreSeconds,
    offeredCoreSeconds: mayCompute(state) ? seconds * Math.min(cores, offeredCores) : 0,
    // A counter that jumped must not make more of a machine than it is.
    usedCoreSeconds: Math.min(coreSeconds, Math.max(0, busyCores) * seconds),
  };
}
