import type { RunState, WaitReason } from '#shared/domain/batch.js';
import { type Allowance, type Allowed, nextAllowance, type RunLimits } from './turns/allowance.js';
import { FairTurns, type Turns, type TurnTaker } from './turns/fair-turns.js';

/** An open run as the dispatcher sees it. */
export interface OpenRun extends TurnTaker {
  readonly state: RunState;
  /** The file of its items is there. */
  readonly inputReady: boolean;
  /** The cursor stands at the input's end. */
  readonly allChunksMade: boolean;
  /** Its time has come, and its window has not ended. */
  readonly isItsTime: boolean;
  /** Chunks on the queue or with workers. */
  readonly openChunks: number;
  /** Those of them that keep no machine: nothing was heard of them for long. */
  readonly silentChunks: number;
  /** Which limit of failures it has reached, in words. */
  readonly tooManyFailures?: string | undefined;
  /** Why no machine would take a chunk of it. */
  readonly noMachine?: WaitReason | undefined;
  /** The pool of machines that it is for. */
  readonly pool: string;
  readonly limits: RunLimits;
  /** What of its limits is out with its chunks. */
  readonly allowed: Allowed;
  /** Of an item; null while it is not known. */
  readonly meanItemMs: number | null;
  /** What its next chunk will take, about: seconds of calls, more than 0. */
  readonly chunkSeconds: number;
}

export type RunAction =
  | { readonly kind: 'openChunk'; readonly runId: string; readonly allowance: Allowance }
  /** Nothing more of it begins, and it ends as failed: `reached` says why. */
  | { readonly kind: 'stopRun'; readonly runId: string; readonly reached: string }
  /** Nothing of it is left to do: ask the store to end it. */
  | { readonly kind: 'endRun'; readonly runId: string };

export interface DispatchLimits {
  /** Chunks of all runs of a pool that may be on the queue or with workers at once. */
  readonly chunksInFlight: (pool: string) => number;
  /** Items that a worker is expected to run at once of a chunk. */
  readonly itemConcurrency: number;
  /** Most actions of one round, so that a round stays short however many runs are open. */
  readonly actionsPerRound: number;
}

export interface Decision {
  readonly actions: readonly RunAction[];
  /** For the next decision. */
  readonly turns: Turns;
  /** Why runs of which nothing is out have to wait, where it is not simply that others come first. */
  readonly waiting: ReadonlyMap<string, WaitReason>;
}

/**
 * What to do next for the open runs: stop those of which too many items failed, end those that are done with, and open chunks while
 * their pool has room: by priority, then in fair turns between apps, batches and runs, and within each run's limits.
 * @param before of the last decision
 */
export function decideNext(runs: readonly OpenRun[], limits: DispatchLimits, before: Turns): Decision {
  const goingOn = runs.filter(mayGoOn);
  const stops = goingOn.flatMap((run): RunAction[] =>
    run.tooManyFailures === undefined
      ? []
      : [{ kind: 'stopRun', runId: run.id, reached: run.tooManyFailures }],
  );
  const ends = goingOn
    .filter((run) => run.tooManyFailures === undefined)
    .filter((run) => run.openChunks === 0 && !wantsChunks(run))
    .map((run): RunAction => ({ kind: 'endRun', runId: run.id }));
  const first = [...stops, ...ends].slice(0, limits.actionsPerRound);
  const opening = new Opening(runs, limits, before);
  const opened = opening.open(limits.actionsPerRound - first.length);
  return { actions: [...first, ...opened], turns: opening.turns, waiting: opening.waiting };
}

/** A run whose time has not come, or whose items are not known yet, is left alone. */
function mayGoOn(run: OpenRun): boolean {
  return run.state === 'cancelling' || (run.state !== 'scheduled' && run.inputReady);
}

function wantsChunks(run: OpenRun): boolean {
  return (
    run.tooManyFailures === undefined &&
    !run.allChunksMade &&
    (run.state === 'waiting' || run.state === 'running')
  );
}

/** The chunks that a round opens, one after the other, each as if those before it were out. */
class Opening {
  readonly waiting = new Map<string, WaitReason>();
  private readonly fair: FairTurns;
  private readonly chunksOut = new Map<string, number>();
  private readonly allowed = new Map<string, Allowed>();
  private readonly allowedByKey = new Map<string, number>();
  /** Those that can be given more, as far as is known. */
  private candidates: readonly OpenRun[];

  constructor(
    runs: readonly OpenRun[],
    private readonly limits: DispatchLimits,
    before: Turns,
  ) {
    for (const run of runs) this.countIn(run);
    const wanting = runs.filter((run) => mayGoOn(run) && wantsChunks(run) && run.isItsTime);
    this.candidates = wanting.filter(({ noMachine }) => noMachine === undefined);
    this.fair = new FairTurns(before, this.candidates);
    for (const run of wanting) if (run.noMachine) this.waiting.set(run.id, run.noMachine);
  }

  get turns(): Turns {
    return this.fair.turns;
  }

  open(most: number): RunAction[] {
    const actions: RunAction[] = [];
    while (actions.length < most) {
      this.candidates = this.candidates.filter((run) => this.hasRoom(run.pool));
      const run = this.fair.next(this.candidates);
      if (!run) break;
      const allowance = this.allowanceOf(run);
      if (typeof allowance === 'string') {
        this.candidates = this.candidates.filter((one) => one !== run);
        if (allowance === 'key' && run.openChunks === 0) this.waiting.set(run.id, keyIsFull(run));
        continue;
      }
      this.take(run, allowance);
      actions.push({ kind: 'openChunk', runId: run.id, allowance });
    }
    return actions;
  }

  private hasRoom(pool: string): boolean {
    return (this.chunksOut.get(pool) ?? 0) < this.limits.chunksInFlight(pool);
  }

  private allowanceOf(run: OpenRun): ReturnType<typeof nextAllowance> {
    const key = run.limits.concurrency?.key;
    return nextAllowance({
      limits: run.limits,
      allowed: this.allowed.get(run.id) ?? run.allowed,
      allowedByKey: key === undefined ? 0 : (this.allowedByKey.get(key.name) ?? 0),
      meanItemMs: run.meanItemMs,
      itemConcurrency: this.limits.itemConcurrency,
      chunksInFlight: this.limits.chunksInFlight(run.pool),
    });
  }

  private countIn(run: OpenRun): void {
    // What no machine can take, or takes, must not keep others out of the pool.
    const idle = run.noMachine ? run.openChunks : Math.min(run.openChunks, run.silentChunks);
    add(this.chunksOut, run.pool, run.openChunks - idle);
    const key = run.limits.concurrency?.key;
    if (key) add(this.allowedByKey, key.name, run.allowed.itemsAtOnce);
  }

  private take(run: OpenRun, { itemsAtOnce = 0, itemsPerSecond = 0 }: Allowance): void {
    this.fair.charge(run, run.chunkSeconds);
    add(this.chunksOut, run.pool, 1);
    const allowed = this.allowed.get(run.id) ?? run.allowed;
    this.allowed.set(run.id, {
      itemsAtOnce: allowed.itemsAtOnce + itemsAtOnce,
      itemsPerSecond: allowed.itemsPerSecond + itemsPerSecond,
    });
    const key = run.limits.concurrency?.key;
    if (key) add(this.allowedByKey, key.name, itemsAtOnce);
  }
}

function add(sums: Map<string, number>, name: string, more: number): void {
  sums.set(name, (sums.get(name) ?? 0) + more);
}

function keyIsFull(run: OpenRun): WaitReason {
  const { name, limit } = run.limits.concurrency?.key ?? { name: '', limit: 0 };
  return {
    code: 'CONCURRENCY_KEY_FULL',
    message: `Runs that name the key "${name}" may run ${limit} items at once together, and others run as many. It is next when they have ended.`,
  };
}

/** Quick chunks end within milliseconds: after a round that did something the next one follows soon. */
const SHORTEST_REST_MS = 25;
const LONGEST_REST_MS = 100;
/** Each open run is read once a round: with many of them the rounds become rarer, up to this. */
const REST_PER_RUN_MS = 5;
const LONGEST_REST_OF_MANY_MS = 1000;
/** With no open run only another instance's new run could be missed; our own wakes the loop. */
const IDLE_REST_MS = 1000;

/** How long to rest before the next round. @param previousMs the rest before this round */
export function restMs(previousMs: number, acted: boolean, openRuns: number): number {
  if (openRuns === 0) return IDLE_REST_MS;
  if (acted) return SHORTEST_REST_MS;
  const longest = Math.min(LONGEST_REST_OF_MANY_MS, LONGEST_REST_MS + REST_PER_RUN_MS * (openRuns - 1));
  return Math.min(longest, Math.max(SHORTEST_REST_MS, previousMs * 1.5));
}
