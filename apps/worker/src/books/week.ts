import { z } from 'zod';
import { percentilesOf } from '#shared/domain/capacity/percentiles.js';
import type { OwnerWait } from '#shared/domain/function-time.js';
import type { MeteredWork } from './work-meter.js';

/** Today and the six days before, in the machine's own time: a week, whichever day it is. */
const DAYS_KEPT = 7;
/** More functions than an owner reads; what others took is counted together. */
const MOST_FUNCTIONS = 100;
const OTHERS = 'others';
const MOST_WAITS = 500;

const figures = z.object({
  usedMs: z.number(),
  badputMs: z.number(),
  evictions: z.number(),
  calls: z.number(),
});

const daySchema = z.object({
  /** As 2026-11-29. */
  day: z.string(),
  /** How long the machine was offered, and what that was in core-seconds. */
  offeredSeconds: z.number(),
  offeredCoreSeconds: z.number(),
  /** By containers, of processors. */
  usedCoreSeconds: z.number(),
  /** By app and function. */
  work: z.record(z.string(), figures),
  /** How long the owner waited, each time. */
  waitsMs: z.array(z.number()),
});

export const weekSchema = z.object({
  days: z.array(daySchema),
  lastWait: z
    .object({ at: z.iso.datetime(), action: z.string(), reason: z.string(), milliseconds: z.number() })
    .nullable(),
});

/** What a machine was used for in the last days, as it stands in its worker's folder. */
export type Week = z.infer<typeof weekSchema>;
type Day = z.infer<typeof daySchema>;
type Figures = z.infer<typeof figures>;

/** Some time of the machine. */
export interface MachineSpan {
  readonly seconds: number;
  readonly isOffered: boolean;
  readonly cores: number;
  readonly busyCores: number | null;
}

/** What a week comes to. */
export interface WeekSummary {
  /** The first day that it knows of. */
  readonly since: string;
  readonly offeredHours: number;
  readonly offeredCoreHours: number;
  readonly usedCoreHours: number;
  /** Those that took the most first. */
  readonly work: readonly ({ readonly name: string } & Figures)[];
  readonly evictions: number;
  readonly lostSeconds: number;
  readonly waits: { readonly count: number; readonly p95Ms: number | null; readonly maxMs: number | null };
  readonly lastWait: Week['lastWait'];
}

export function emptyWeek(): Week {
  return { days: [], lastWait: null };
}

/** The day that a time lies in, in this machine's zone. */
export function dayName(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Adds time of the machine to today. */
export function noteSpan(week: Week, now: Date, { seconds, isOffered, cores, busyCores }: MachineSpan): void {
  const day = today(week, now);
  if (isOffered) {
    day.offeredSeconds += seconds;
    day.offeredCoreSeconds += seconds * cores;
  }
  day.usedCoreSeconds += seconds * Math.min(cores, Math.max(0, busyCores ?? 0));
}

/** Adds work to today. */
export function noteWork(week: Week, now: Date, work: readonly MeteredWork[]): void {
  if (work.length === 0) return;
  const { work: functions } = today(week, now);
  for (const one of work) {
    const name = `${one.appName}/${one.functionName}`;
    const isKnown = Object.hasOwn(functions, name) || Object.keys(functions).length < MOST_FUNCTIONS;
    const key = isKnown ? name : OTHERS;
    functions[key] = added(Object.hasOwn(functions, key) ? functions[key] : undefined, one);
  }
}

/** Adds a time that the owner waited to today. */
export function noteWait(week: Week, now: Date, { at, action, reason, milliseconds }: OwnerWait): void {
  const { waitsMs } = today(week, now);
  if (waitsMs.length < MOST_WAITS) waitsMs.push(Math.round(milliseconds));
  week.lastWait = { at: at.toISOString(), action, reason, milliseconds: Math.round(milliseconds) };
}

/** Null: nothing is known of these days. */
export function summaryOf(week: Week, now: Date): WeekSummary | null {
  const oldest = oldestKept(now);
  const days = week.days.filter(({ day }) => day >= oldest);
  const [first] = days;
  if (!first) return null;
  const sum = (pick: (day: Day) => number): number => days.reduce((whole, day) => whole + pick(day), 0);
  const work = workOf(days);
  const waits = days.flatMap(({ waitsMs }) => waitsMs).sort((a, b) => a - b);
  const [p95Ms = null, maxMs = null] = percentilesOf(
    waits.map((value) => ({ value, count: 1 })),
    [0.95, 1],
  );
  return {
    since: first.day,
    offeredHours: sum((day) => day.offeredSeconds) / 3600,
    offeredCoreHours: sum((day) => day.offeredCoreSeconds) / 3600,
    usedCoreHours: sum((day) => day.usedCoreSeconds) / 3600,
    work,
    evictions: work.reduce((whole, one) => whole + one.evictions, 0),
    lostSeconds: work.reduce((whole, one) => whole + one.badputMs, 0) / 1000,
    waits: { count: waits.length, p95Ms, maxMs },
    lastWait: week.lastWait,
  };
}

function workOf(days: readonly Day[]): ({ name: string } & Figures)[] {
  const all = new Map<string, Figures>();
  for (const { work } of days)
    for (const [name, one] of Object.entries(work)) all.set(name, added(all.get(name), one));
  return [...all]
    .map(([name, one]) => ({ name, ...one }))
    .sort((a, b) => b.usedMs + b.badputMs - (a.usedMs + a.badputMs));
}

function added(to: Figures | undefined, more: Figures): Figures {
  return {
    usedMs: (to?.usedMs ?? 0) + more.usedMs,
    badputMs: (to?.badputMs ?? 0) + more.badputMs,
    evictions: (to?.evictions ?? 0) + more.evictions,
    calls: (to?.calls ?? 0) + more.calls,
  };
}

/** Today's page, with those that are too old gone. */
function today(week: Week, now: Date): Day {
  const name = dayName(now);
  const known = week.days.find(({ day }) => day === name);
  if (known) return known;
  const oldest = oldestKept(now);
  const day = {
    day: name,
    offeredSeconds: 0,
    offeredCoreSeconds: 0,
    usedCoreSeconds: 0,
    work: {},
    waitsMs: [],
  };
  week.days = [...week.days.filter((one) => one.day >= oldest && one.day < name), day];
  return day;
}

function oldestKept(now: Date): string {
  return dayName(new Date(now.getFullYear(), now.getMonth(), now.getDate() - (DAYS_KEPT - 1)));
}
