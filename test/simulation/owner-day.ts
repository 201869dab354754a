import { DAY_MS, HOUR_MS } from './local-time.js';
import type { MachinePlan } from './machine-plan.js';
import type { Random } from './random.js';

/** What happens to a machine, whatever the policy makes of it. */
export type Happening =
  | {
      readonly kind: 'present' | 'remote' | 'unplugged' | 'off' | 'exclusive' | 'load' | 'blind';
      readonly on: boolean;
    }
  | { readonly kind: 'snooze'; readonly seconds: number }
  | { readonly kind: 'drain'; readonly deadlineSeconds: number | null };

export interface TimedHappening {
  /** Since the simulation's start. */
  readonly atMs: number;
  readonly happening: Happening;
}

const MINUTE_MS = 60_000;
type Switched = Extract<Happening, { on: boolean }>['kind'];

/**
 * Draws all that happens to a machine on one local day, by its time.
 * @param midnightMs the day's beginning, since the simulation's start
 * @param weekday 0 is Monday
 */
export function drawDay(
  plan: MachinePlan,
  random: Random,
  midnightMs: number,
  weekday: number,
): TimedHappening[] {
  const day = new DayPlan(midnightMs);
  if (plan.owner !== 'none') drawOwner(day, plan, random, weekday);
  if (random.chance(0.3)) day.spell('load', plan.backupMinute, random.between(15, 40));
  if (random.chance(0.01)) day.spell('blind', random.between(0, 1380), random.between(10, 60));
  if (random.chance(0.005)) drawDrain(day, random);
  return day.happenings.sort((a, b) => a.atMs - b.atMs);
}

class DayPlan {
  readonly happenings: TimedHappening[] = [];

  constructor(private readonly midnightMs: number) {}

  at(minute: number, happening: Happening): void {
    // What would reach into the next day ends with the day: days are drawn one by one.
    const atMs = Math.round(this.midnightMs + Math.max(0, Math.min(minute * MINUTE_MS, DAY_MS - 1)));
    this.happenings.push({ atMs, happening });
  }

  spell(kind: Switched, fromMinute: number, minutes: number): void {
    this.at(fromMinute, { kind, on: true });
    this.at(fromMinute + minutes, { kind, on: false });
  }
}

function drawOwner(day: DayPlan, plan: MachinePlan, random: Random, weekday: number): void {
  const works = random.chance(weekday < 5 ? 0.9 : 0.1);
  const arrival = plan.owner === 'office' ? random.around(510, 40) : random.around(780, 40);
  const departure = arrival + random.around(525, 60);
  if (plan.isOffAtNight) drawOff(day, works, arrival, departure);
  if (!works) return;
  drawPresence(day, random, arrival, departure);
  if (plan.isLaptop && random.chance(0.5))
    day.spell('unplugged', random.between(arrival, departure), random.between(20, 120));
  if (random.chance(0.1))
    day.spell('exclusive', random.between(arrival, departure - 60), random.between(20, 60));
  if (random.chance(0.15) && !plan.isOffAtNight)
    day.spell('remote', random.between(1140, 1300), random.between(10, 90));
  if (random.chance(0.02))
    day.at(random.between(arrival, departure), {
      kind: 'snooze',
      seconds: random.pick([
        [1, 3600],
        [1, 12 * 3600],
      ]),
    });
  if (random.chance(0.03) && !plan.isOffAtNight) drawPresence(day, random, random.between(1320, 1380), 1439);
}

/** Off until the owner comes and from when the owner goes; all day where nobody comes. */
function drawOff(day: DayPlan, works: boolean, arrival: number, departure: number): void {
  day.at(0, { kind: 'off', on: true });
  if (!works) return;
  day.at(arrival - 1, { kind: 'off', on: false });
  day.at(departure + 1, { kind: 'off', on: true });
}

/** Spells at the machine with breaks between them, a long one at noon. */
function drawPresence(day: DayPlan, random: Random, from: number, until: number): void {
  let minute = from;
  while (minute < until) {
    const length = Math.min(2 + random.waiting(45), until - minute);
    day.spell('present', minute, length);
    const isNoon = minute < 750 && minute + length > 690;
    minute += length + (isNoon ? random.between(30, 60) : 1 + random.waiting(12));
  }
}

function drawDrain(day: DayPlan, random: Random): void {
  const from = random.between(0, 1300);
  day.at(from, { kind: 'drain', deadlineSeconds: 600 });
  day.at(from + random.between(30, 120), { kind: 'drain', deadlineSeconds: null });
}

/** When a local day begins, near a guess of it; clock changes move it by an hour. */
export function midnightNear(plan: MachinePlan, guessMs: number): number {
  const minute = plan.localTime.minuteOfWeek(guessMs) % (24 * 60);
  const early = minute < 12 * 60;
  return guessMs + (early ? -minute * MINUTE_MS : 24 * HOUR_MS - minute * MINUTE_MS);
}
