/** Whose turn it may be: a run, in its batch, in its app. */
export interface TurnTaker {
  readonly id: string;
  readonly appId: string;
  readonly batchId: string;
  /** -100 to 100; more is sooner. */
  readonly priority: number;
  /** What its app has had of the pool of late, and what its batch has had: in seconds of calls, of which older ones count less. */
  readonly appUsage: number;
  readonly batchUsage: number;
}

/**
 * How much everybody has been charged, by level and id. It never leaves memory: after a restart all begin at the same again, and
 * what was had before counts by usage.
 */
export type Turns = ReadonlyMap<string, number>;

export const NO_TURNS: Turns = new Map();

/**
 * Who had twice the mean of late, or more, pays double; who had half of it, or less, pays half. So the greediest gets a quarter of what
 * the most modest gets, and never nothing.
 */
const USAGE_FACTOR_MAX = 2;

const LEVELS = ['app', 'batch', 'run'] as const;
type Level = (typeof LEVELS)[number];

/**
 * Fair turns between apps, between the batches of an app, and between the runs of a batch. Whoever takes a turn is charged what it is
 * about to use; the next turn is that of the highest priority, and there of who has been charged least (stride scheduling). Who is new
 * begins with what the others have been charged, so that it neither waits for its past nor lives on it.
 */
export class FairTurns {
  readonly #charged: Map<string, number>;

  /** @param takers all that want turns: who is not among them is forgotten */
  constructor(
    before: Turns,
    private readonly takers: readonly TurnTaker[],
  ) {
    this.#charged = new Map();
    for (const level of LEVELS) this.#carryOver(before, level);
  }

  get turns(): Turns {
    return this.#charged;
  }

  /** Who of these is next; undefined when there is nobody. */
  next<Taker extends TurnTaker>(takers: readonly Taker[]): Taker | undefined {
    return takers.reduce<Taker | undefined>(
      (best, taker) => (best === undefined || this.#compare(taker, best) < 0 ? taker : best),
      undefined,
    );
  }

  /** @param seconds of calls that its turn will take, about; more than 0 */
  charge(taker: TurnTaker, seconds: number): void {
    this.#add(keyOf('app', taker), seconds * this.#factor('app', taker));
    this.#add(keyOf('batch', taker), seconds * this.#factor('batch', taker));
    this.#add(keyOf('run', taker), seconds);
  }

  #compare(one: TurnTaker, other: TurnTaker): number {
    return (
      other.priority - one.priority ||
      this.#compareAt('app', one, other) ||
      this.#compareAt('batch', one, other) ||
      this.#compareAt('run', one, other)
    );
  }

  /** Those of the same app, or batch, are compared further down only. */
  #compareAt(level: Level, one: TurnTaker, other: TurnTaker): number {
    const [a, b] = [keyOf(level, one), keyOf(level, other)];
    if (a === b) return 0;
    return (this.#charged.get(a) ?? 0) - (this.#charged.get(b) ?? 0) || (a < b ? -1 : 1);
  }

  #add(key: string, seconds: number): void {
    this.#charged.set(key, (this.#charged.get(key) ?? 0) + seconds);
  }

  #carryOver(before: Turns, level: Level): void {
    const least = new Map<string, number>();
    for (const taker of this.takers) {
      const charged = before.get(keyOf(level, taker));
      if (charged === undefined) continue;
      this.#charged.set(keyOf(level, taker), charged);
      const among = groupOf(level, taker);
      least.set(among, Math.min(charged, least.get(among) ?? Infinity));
    }
    for (const taker of this.takers) {
      const key = keyOf(level, taker);
      if (!this.#charged.has(key)) this.#charged.set(key, least.get(groupOf(level, taker)) ?? 0);
    }
  }

  #factor(level: 'app' | 'batch', taker: TurnTaker): number {
    const usages = this.#usages(level).get(groupOf(level, taker)) ?? new Map<string, number>();
    const mean = [...usages.values()].reduce((sum, one) => sum + one, 0) / Math.max(1, usages.size);
    if (mean <= 0) return 1;
    const relative = (usages.get(keyOf(level, taker)) ?? 0) / mean;
    return Math.min(USAGE_FACTOR_MAX, Math.max(1 / USAGE_FACTOR_MAX, relative));
  }

  readonly #usagesByLevel = new Map<Level, Map<string, Map<string, number>>>();

  /** What each had, by those that it shares with. Made once a round. */
  #usages(level: 'app' | 'batch'): Map<string, Map<string, number>> {
    const known = this.#usagesByLevel.get(level);
    if (known) return known;
    const made = new Map<string, Map<string, number>>();
    for (const taker of this.takers) {
      const among = made.get(groupOf(level, taker)) ?? new Map<string, number>();
      among.set(keyOf(level, taker), level === 'app' ? taker.appUsage : taker.batchUsage);
      made.set(groupOf(level, taker), among);
    }
    this.#usagesByLevel.set(level, made);
    return made;
  }
}

function keyOf(level: Level, taker: TurnTaker): string {
  if (level === 'app') return `app ${taker.appId}`;
  return level === 'batch' ? `batch ${taker.batchId}` : `run ${taker.id}`;
}

/** Those between whom a level divides. */
function groupOf(level: Level, taker: TurnTaker): string {
  if (level === 'app') return '';
  return level === 'batch' ? taker.appId : taker.batchId;
}
