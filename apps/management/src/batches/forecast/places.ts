import { HOUR_MS, hourOf } from '#shared/domain/machine-time.js';

/**
 * How many items the machines of a pool work on at once, by time. Places are what is shared out: a machine has as many as it has
 * slots, times the items that a slot runs at once.
 * @param hourMs the beginning of an hour, milliseconds since 1970
 */
export type Places = (hourMs: number) => number;

export interface TimeSpent {
  readonly fromMs: number;
  /** It is not looked further: a pool without machines would be looked at for ever. */
  readonly untilMs: number;
  readonly places: Places;
  /** Of the places, those that the work may use at once; absent: all. */
  readonly most?: number | undefined;
}

/** When so much work is done, milliseconds since 1970; null: not in that time. @param work place-seconds */
export function doneAt(work: number, { fromMs, untilMs, places, most = Infinity }: TimeSpent): number | null {
  let left = work;
  if (left <= 0) return fromMs;
  for (let at = fromMs; at < untilMs;) {
    const end = Math.min(untilMs, hourOf(at) + HOUR_MS);
    const used = Math.min(most, Math.max(0, places(hourOf(at))));
    const done = (used * (end - at)) / 1000;
    if (done >= left) return at + (left / used) * 1000;
    left -= done;
    at = end;
  }
  return null;
}

/** What the places get done in that time, place-seconds. */
export function workDone({ fromMs, untilMs, places, most = Infinity }: TimeSpent): number {
  let work = 0;
  for (let at = fromMs; at < untilMs;) {
    const end = Math.min(untilMs, hourOf(at) + HOUR_MS);
    work += (Math.min(most, Math.max(0, places(hourOf(at)))) * (end - at)) / 1000;
    at = end;
  }
  return work;
}
