import { newId } from '#shared/domain/ids.js';
import type { BooksPage, OwnerWait } from '#shared/domain/function-time.js';
import type { MeteredWork } from './work-meter.js';

/** A heartbeat books this in some milliseconds; what is left comes with the next one. */
const ROWS_PER_PAGE = 200;
/** Of waits that can't be sent the oldest are forgotten: a day's worth of a very restless owner. */
const MOST_WAITS = 1_000;

type Row = { -readonly [Field in keyof MeteredWork]: MeteredWork[Field] };

/**
 * What is to be booked by management, page by page. A page is the same until it was booked, whatever happens meanwhile: who sends it
 * again because no answer came sends the same, and it is booked once.
 */
export class Pages {
  readonly #rows = new Map<string, Row>();
  readonly #waits: OwnerWait[] = [];
  #open: BooksPage | undefined;

  /** Adds work: what belongs together becomes one row, so that their number does not grow while management is away. */
  add(work: readonly MeteredWork[]): void {
    for (const one of work) {
      const key = JSON.stringify([one.hour, one.appId, one.functionName, one.runId, one.reason]);
      const row = this.#rows.get(key);
      if (row) addTo(row, one);
      else this.#rows.set(key, { ...one });
    }
  }

  /** Adds a wait, at a time of its own: two in one millisecond would be booked as one. */
  addWait(wait: OwnerWait): void {
    const last = this.#waits.at(-1)?.at.getTime() ?? -Infinity;
    this.#waits.push(wait.at.getTime() > last ? wait : { ...wait, at: new Date(last + 1) });
    if (this.#waits.length > MOST_WAITS) this.#waits.shift();
  }

  /** The page to be sent; undefined: there is nothing to be booked. */
  get current(): BooksPage | undefined {
    this.#open ??= this.#turn();
    return this.#open;
  }

  /** This page was booked. */
  booked(page: BooksPage): void {
    if (this.#open === page) this.#open = undefined;
  }

  #turn(): BooksPage | undefined {
    const rows = [...this.#rows].slice(0, ROWS_PER_PAGE);
    for (const [key] of rows) this.#rows.delete(key);
    const waits = this.#waits.splice(0, ROWS_PER_PAGE);
    if (rows.length === 0 && waits.length === 0) return undefined;
    return { id: newId(), work: rows.map(([, row]) => row), waits };
  }
}

function addTo(row: Row, more: MeteredWork): void {
  row.usedMs += more.usedMs;
  row.badputMs += more.badputMs;
  row.evictions += more.evictions;
  row.calls += more.calls;
}
