import { describe, expect, it } from '@jest/globals';
import { IdleBook } from './idle-book.js';
import type { IdleHistory } from './idle-history.js';

const BERLIN = 'Europe/Berlin';
/** A Monday, 20:00 in Berlin: hour 20 of the week. */
const MONDAY_EVENING = Date.parse('2026-11-16T19:00:00Z');
const HOUR_MS = 3_600_000;

/** A book with all that it has learnt, one entry an hour. */
function newBook() {
  const learnt: IdleHistory[] = [];
  const book = new IdleBook((history) =>
    learnt.push({ seen: history.seen.slice(), idle: history.idle.slice() }),
  );
  /** Looks each five seconds. */
  const watch = (fromMs: number, minutes: number, isOwnerThere = false, timeZone = BERLIN): void => {
    for (let ms = fromMs; ms <= fromMs + minutes * 60_000; ms += 5_000)
      book.note({ utcMs: ms, timeZone, isOwnerThere });
  };
  return { book, learnt, watch };
}

describe('IdleBook', () => {
  it('learns an hour without the owner once it is over, in the zone of the machine', () => {
    const { learnt, watch } = newBook();
    watch(MONDAY_EVENING, 59);
    expect(learnt).toEqual([]);
    watch(MONDAY_EVENING + HOUR_MS, 1);
    expect(learnt).toHaveLength(1);
    expect([learnt[0]?.seen[20], learnt[0]?.idle[20]]).toEqual([1, 1]);
    expect(learnt[0]?.seen.reduce((sum, one) => sum + one, 0)).toBe(1);
  });

  it('learns an hour with the owner, however short he was there and however little was watched', () => {
    const { book, learnt, watch } = newBook();
    book.note({ utcMs: MONDAY_EVENING + 50 * 60_000, timeZone: BERLIN, isOwnerThere: true });
    watch(MONDAY_EVENING + HOUR_MS, 0);
    expect([learnt[0]?.seen[20], learnt[0]?.idle[20]]).toEqual([1, 0]);
  });

  it('learns nothing of an hour of which too little was watched: it was off, asleep or blind', () => {
    const { learnt, watch } = newBook();
    watch(MONDAY_EVENING, 20);
    watch(MONDAY_EVENING + 40 * 60_000, 19);
    watch(MONDAY_EVENING + HOUR_MS, 0);
    expect(learnt).toEqual([]);
  });

  it('expects longer the more nights nobody came, and goes on with what it is given', () => {
    const { book, learnt, watch } = newBook();
    const before = book.expectedSeconds(MONDAY_EVENING, BERLIN);
    for (let hour = 0; hour < 5; hour += 1) watch(MONDAY_EVENING + hour * HOUR_MS, 59);
    watch(MONDAY_EVENING + 5 * HOUR_MS, 0);
    const weekLater = MONDAY_EVENING + 7 * 24 * HOUR_MS;
    const after = book.expectedSeconds(weekLater, BERLIN);
    expect(after).toBeGreaterThan(3 * before);
    // The same moment is another hour of the week elsewhere.
    expect(book.expectedSeconds(weekLater, 'Asia/Tokyo')).toBeLessThan(after);
    const next = new IdleBook();
    next.resume(learnt.at(-1) as IdleHistory);
    expect(next.expectedSeconds(weekLater, BERLIN)).toBe(after);
  });
});
