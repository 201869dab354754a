import { setTimeout as delay } from 'node:timers/promises';
import { mayCompute, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import type { BooksPage } from '#shared/domain/function-time.js';
import type { MachineReport } from '#shared/domain/machine.js';
import type { HeartbeatSender } from '../capacity/watch.js';
import type { Release } from '../capacity/control/release-meter.js';
import { Pages } from './pages.js';
import { emptyWeek, noteSpan, noteWait, noteWork, type Week } from './week.js';
import type { WorkMeter } from './work-meter.js';

/** Where the owner's week stands between two lives of the worker. */
export interface WeekShelf {
  /** Never rejects. */
  open(): Promise<Week>;
  /** May reject. */
  write(week: Week): Promise<void>;
}

export interface BooksEvents {
  onNotWritten(error: unknown): void;
}

export interface BooksClocks {
  /** Monotonic milliseconds. */
  readonly monotonicMs: () => number;
  /** The database's time. */
  readonly now: () => Date;
  /** This machine's own time: its owner's days. */
  readonly here: () => Date;
}

/** A power cut loses this much of the week at most. */
const WRITE_EVERY_MS = 60_000;
/** A heartbeat that came later: the machine slept. */
const LONGEST_SPAN_SECONDS = 600;
/** At the end: who stops must not wait for a database that is away. */
const LAST_PAGE_MS = 3_000;

/** What the owner has not brought about: these waits are not his. */
const NOT_OWNERS: ReadonlySet<CapacityReason> = new Set([
  'DRAINING',
  'ENGINE_DOWN',
  'QUARANTINED',
  'CONTACT_LOST',
  'FAIR_SHARE',
]);

/**
 * A worker's books: what its calls took and lost, and how long its owner waited. They are kept in memory; with each heartbeat a page
 * goes to management, and the week's sums go to the disk, for the owner, who may ask while management is away.
 */
export class WorkerBooks {
  readonly #pages = new Pages();
  #week: Week = emptyWeek();
  #before: { readonly atMs: number; readonly state: CapacityState | null } | null = null;
  #writtenAtMs = -Infinity;
  #writing: Promise<void> = Promise.resolve();
  #lastReport: MachineReport | null = null;

  constructor(
    private readonly meter: Pick<WorkMeter, 'take'>,
    private readonly shelf: WeekShelf,
    private readonly events: BooksEvents,
    private readonly clocks: BooksClocks,
  ) {}

  /** Goes on with the week that stands on the disk. */
  async open(): Promise<void> {
    this.#week = await this.shelf.open();
  }

  /** The owner waited. */
  noteRelease({ reason, by, seconds }: Release): void {
    if (reason !== null && NOT_OWNERS.has(reason)) return;
    const wait = {
      at: this.clocks.now(),
      action: by,
      reason: reason ?? '',
      milliseconds: seconds * 1000,
    } as const;
    this.#pages.addWait(wait);
    noteWait(this.#week, this.clocks.here(), wait);
  }

  /** A sender that sends a page with each heartbeat. */
  sendingWith(sender: HeartbeatSender): HeartbeatSender {
    return {
      heartbeat: async (report) => {
        this.#lastReport = report;
        this.#note(report);
        const page = this.#pages.current;
        await sender.heartbeat(withPage(report, page));
        if (page) this.#pages.booked(page);
      },
    };
  }

  /** Sends what has come to its end since the last heartbeat, and writes the week. Never rejects, and does not wait for long. */
  async close(sender: HeartbeatSender): Promise<void> {
    if (this.#lastReport) this.#note({ ...this.#lastReport, busyCores: null });
    const limit = new AbortController();
    const deadline = delay(LAST_PAGE_MS, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([this.#sendRest(sender), deadline]);
    limit.abort();
    await this.#write();
  }

  async #sendRest(sender: HeartbeatSender): Promise<void> {
    if (!this.#lastReport) return;
    // Nothing runs here any more: what this machine still holds is not lost with it.
    const report = { ...this.#lastReport, slotsBusy: 0, busySeconds: 0, busyCores: null };
    try {
      let page: BooksPage | undefined;
      do {
        page = this.#pages.current;
        await sender.heartbeat(withPage(report, page));
        if (page) this.#pages.booked(page);
      } while (page);
    } catch {
      // Its page is lost to management; the owner's week has it.
    }
  }

  #note(report: MachineReport): void {
    const here = this.clocks.here();
    const atMs = this.clocks.monotonicMs();
    const before = this.#before;
    this.#before = { atMs, state: report.capacity?.state ?? null };
    const seconds = before ? Math.min((atMs - before.atMs) / 1000, LONGEST_SPAN_SECONDS) : 0;
    if (before && seconds > 0) {
      const isOffered = before.state !== null && mayCompute(before.state);
      noteSpan(this.#week, here, {
        seconds,
        isOffered,
        cores: report.cores,
        busyCores: report.busyCores ?? null,
      });
    }
    const work = this.meter.take();
    this.#pages.add(work);
    noteWork(this.#week, here, work);
    if (atMs - this.#writtenAtMs >= WRITE_EVERY_MS) void this.#write();
  }

  /** One after the other: an older week must not be written over a newer one. */
  #write(): Promise<void> {
    this.#writtenAtMs = this.clocks.monotonicMs();
    this.#writing = this.#writing
      .then(() => this.shelf.write(this.#week))
      .catch((error: unknown) => this.events.onNotWritten(error));
    return this.#writing;
  }
}

function withPage(report: MachineReport, page: BooksPage | undefined): MachineReport {
  return page ? { ...report, page } : report;
}
