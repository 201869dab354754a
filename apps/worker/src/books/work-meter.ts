import type { BadputReason, FunctionSpent } from '#shared/domain/function-time.js';
import { HOUR_MS, hourOf } from '#shared/domain/machine-time.js';

/** Whose work a call is. */
export interface WorkOf {
  readonly appId: string;
  readonly appName: string;
  readonly functionName: string;
  /** Empty: a call that is no batch's. */
  readonly runId: string;
}

/** What was done for a function in an hour, with the name of its app for whoever reads it here. */
export type MeteredWork = FunctionSpent & Pick<WorkOf, 'appName'>;

/** Counts the calls of one piece of work. */
export interface CallMeter {
  /** @returns what `ended` or `lost` is given: the moment, on a clock that stands still while work is paused, milliseconds */
  begin(): number;
  /** A call came to an end of its own, whether it succeeded or not. */
  ended(begun: number): void;
  /** A call did not, through no fault of its function. @param reason absent: what keeps the machine from working now */
  lost(begun: number, reason?: BadputReason): void;
}

/** Two clocks, and what stands in the way. */
export interface MeterSurroundings {
  /** Monotonic milliseconds; stands still while work is paused. */
  readonly workMs: () => number;
  /** The database's time, milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Why work is being taken off the machine now. */
  readonly whyLost: () => BadputReason;
}

/** What is counted; the same fields as `FunctionSpent`, to be added to. */
type Cell = { -readonly [Field in keyof MeteredWork]: MeteredWork[Field] };

/**
 * Counts in memory what calls took, by hour: nothing of it is written or sent here. A call is counted when it ends, and its time
 * lies in the hours before that; while it runs it is not seen.
 */
export class WorkMeter {
  #cells = new Map<string, Cell>();
  /** How often the cells were taken: who holds one of before must not count on in it. */
  #turn = 0;

  constructor(private readonly surroundings: MeterSurroundings) {}

  /** What counts the calls of this work. Cheap to make, and cheaper to use again. */
  of(work: WorkOf): CallMeter {
    return new MeterOfWork(work, this.surroundings, {
      turn: () => this.#turn,
      find: (hourMs, reason) => this.#cell(work, hourMs, reason),
    });
  }

  /** What was counted since it was last taken. */
  take(): readonly MeteredWork[] {
    const cells = this.#cells;
    this.#cells = new Map();
    this.#turn += 1;
    return [...cells.values()];
  }

  #cell(work: WorkOf, hourMs: number, reason: BadputReason | ''): Cell {
    const key = `${hourMs} ${work.appId} ${work.runId} ${reason} ${work.functionName}`;
    let cell = this.#cells.get(key);
    if (!cell) {
      const none = { usedMs: 0, badputMs: 0, evictions: 0, calls: 0 };
      cell = { ...work, reason, hour: new Date(hourMs), ...none };
      this.#cells.set(key, cell);
    }
    return cell;
  }
}

interface Cells {
  turn(): number;
  find(hourMs: number, reason: BadputReason | ''): Cell;
}

class MeterOfWork implements CallMeter {
  /** The cell of the last call that ended well: nearly always that of the next one too. */
  #last: { readonly turn: number; readonly hourMs: number; readonly cell: Cell } | undefined;

  constructor(
    private readonly work: WorkOf,
    private readonly surroundings: MeterSurroundings,
    private readonly cells: Cells,
  ) {}

  begin(): number {
    return this.surroundings.workMs();
  }

  ended(begun: number): void {
    const endMs = this.surroundings.nowMs();
    const hourMs = hourOf(endMs);
    const cell = this.#used(hourMs);
    cell.calls += 1;
    const ms = this.surroundings.workMs() - begun;
    // Some ten thousand calls a second come this way.
    if (ms >= 0 && ms <= endMs - hourMs) cell.usedMs += ms;
    else this.#spread(begun, endMs, (hour, part) => (this.cells.find(hour, '').usedMs += part));
  }

  lost(begun: number, reason = this.surroundings.whyLost()): void {
    // Management books what a batch lost with the contact: it can't know whether this machine will ever say so.
    if (reason === 'CONTACT_LOST' && this.work.runId !== '') return;
    const endMs = this.surroundings.nowMs();
    this.#spread(begun, endMs, (hourMs, ms) => (this.cells.find(hourMs, reason).badputMs += ms));
    this.cells.find(hourOf(endMs), reason).evictions += 1;
  }

  #used(hourMs: number): Cell {
    const turn = this.cells.turn();
    if (this.#last?.turn !== turn || this.#last.hourMs !== hourMs)
      this.#last = { turn, hourMs, cell: this.cells.find(hourMs, '') };
    return this.#last.cell;
  }

  /** To the hours that it lies in, the last one first. */
  #spread(begun: number, endMs: number, add: (hourMs: number, ms: number) => void): void {
    let leftMs = Math.max(0, this.surroundings.workMs() - begun);
    let hourMs = hourOf(endMs);
    let roomMs = endMs - hourMs;
    while (leftMs > roomMs) {
      add(hourMs, roomMs);
      leftMs -= roomMs;
      hourMs -= HOUR_MS;
      roomMs = HOUR_MS;
    }
    add(hourMs, leftMs);
  }
}
