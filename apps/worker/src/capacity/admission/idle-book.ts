import { zoneOffsetMs } from '#shared/domain/capacity/zone-time.js';
import {
  emptyIdleHistory,
  expectedIdleSeconds,
  HOURS_PER_WEEK,
  noteHour,
  type IdleHistory,
} from './idle-history.js';

const HOUR_MS = 3_600_000;
/** 1970 began on a Thursday; the week's hours count from Monday. */
const FIRST_HOUR_OF_WEEK = 3 * 24;
/** Of an hour, so much must have been watched before it counts as one without the owner. */
const WATCHED_MS = 0.75 * HOUR_MS;
/** Looks that are further apart than this leave the time between unwatched: the machine slept, or nobody could see. */
const LOOKS_APART_MS = 10_000;

/** One look at whether the owner is there. */
export interface Presence {
  /** Trusted time, milliseconds since 1970. */
  readonly utcMs: number;
  readonly timeZone: string;
  readonly isOwnerThere: boolean;
}

interface CurrentHour {
  readonly index: number;
  watchedMs: number;
  lookedAtMs: number;
  ownerCame: boolean;
}

/**
 * Learns when a machine's owner comes, look by look, hour by hour in the machine's own zone. An hour counts once it is over: with
 * the owner, if he was there in any part of it; without, if most of it was watched and he was in none.
 */
export class IdleBook {
  #history: IdleHistory = emptyIdleHistory();
  #hour: CurrentHour | undefined;

  /** @param onLearnt is told of the history whenever an hour has been added to it */
  constructor(private readonly onLearnt: (history: IdleHistory) => void = () => undefined) {}

  /** Goes on with what an earlier life has learnt. */
  resume(history: IdleHistory): void {
    this.#history = history;
  }

  note({ utcMs, timeZone, isOwnerThere }: Presence): void {
    const index = Math.floor(localMs(utcMs, timeZone) / HOUR_MS);
    if (this.#hour?.index !== index) {
      this.#close();
      this.#hour = { index, watchedMs: 0, lookedAtMs: utcMs, ownerCame: false };
    }
    const hour = this.#hour;
    const apartMs = utcMs - hour.lookedAtMs;
    if (apartMs > 0 && apartMs <= LOOKS_APART_MS) hour.watchedMs += apartMs;
    hour.lookedAtMs = utcMs;
    hour.ownerCame ||= isOwnerThere;
  }

  /** How long the machine, which is idle now, is expected to stay so, in seconds. */
  expectedSeconds(utcMs: number, timeZone: string): number {
    const local = localMs(utcMs, timeZone);
    const index = Math.floor(local / HOUR_MS);
    return expectedIdleSeconds(this.#history, hourOfWeek(index), (local - index * HOUR_MS) / 1000);
  }

  #close(): void {
    if (!this.#hour) return;
    const { index, watchedMs, ownerCame } = this.#hour;
    if (!ownerCame && watchedMs < WATCHED_MS) return;
    noteHour(this.#history, hourOfWeek(index), !ownerCame);
    this.onLearnt(this.#history);
  }
}

function localMs(utcMs: number, timeZone: string): number {
  return utcMs + zoneOffsetMs(timeZone, utcMs);
}

function hourOfWeek(hourSince1970: number): number {
  return (hourSince1970 + FIRST_HOUR_OF_WEEK) % HOURS_PER_WEEK;
}
