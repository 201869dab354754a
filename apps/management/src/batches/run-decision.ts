import type { RunState } from '#shared/domain/batch.js';

/** An open run as the dispatcher sees it. */
export interface OpenRun {
  readonly id: string;
  readonly state: RunState;
  /** The file of its items is there. */
  readonly inputReady: boolean;
  /** The cursor stands at the input's end. */
  readonly allChunksMade: boolean;
  /** Chunks on the queue or with workers. */
  readonly openChunks: number;
  /** Which limit of failures it has reached, in words. */
  readonly tooManyFailures?: string | undefined;
}

export type RunAction =
  | { readonly kind: 'openChunk'; readonly runId: string }
  /** Nothing more of it begins, and it ends as failed: `reached` says why. */
  | { readonly kind: 'stopRun'; readonly runId: string; readonly reached: string }
  /** Nothing of it is left to do: ask the store to end it. */
  | { readonly kind: 'endRun'; readonly runId: string };

export interface DispatchLimits {
  /** Chunks of one run that may be on the queue or with workers at once. */
  readonly chunksInFlight: number;
  /** Most actions of one round, so that a round stays short however many runs are open. */
  readonly actionsPerRound: number;
}

/**
 * What to do next for the open runs: stop those of which too many items failed, end those that are done with, and open chunks in turns, one for each run before a second
 * one for any, so that a large run does not keep a small one from the queue.
 * @param turn grows with each round: who comes first changes, so that the cap on actions hits nobody twice in a row
 */
export function decideNext(
  runs: readonly OpenRun[],
  limits: DispatchLimits,
  turn: number,
): readonly RunAction[] {
  const ordered = rotate(runs.filter(mayGoOn), turn);
  const stops = ordered.flatMap((run): RunAction[] =>
    run.tooManyFailures === undefined
      ? []
      : [{ kind: 'stopRun', runId: run.id, reached: run.tooManyFailures }],
  );
  const ends = ordered
    .filter((run) => run.tooManyFailures === undefined)
    .filter((run) => run.openChunks === 0 && !wantsChunks(run))
    .map((run): RunAction => ({ kind: 'endRun', runId: run.id }));
  return [...stops, ...ends, ...chunksInTurns(ordered, limits)].slice(0, limits.actionsPerRound);
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

function chunksInTurns(runs: readonly OpenRun[], limits: DispatchLimits): readonly RunAction[] {
  const wanting = runs.filter(wantsChunks);
  const fewest = Math.min(...wanting.map((run) => run.openChunks));
  const actions: RunAction[] = [];
  for (
    let have = fewest;
    have < limits.chunksInFlight && actions.length < limits.actionsPerRound;
    have += 1
  ) {
    for (const run of wanting) {
      if (run.openChunks <= have) actions.push({ kind: 'openChunk', runId: run.id });
    }
  }
  return actions;
}

function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  if (items.length === 0) return items;
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Quick chunks end within milliseconds: after a round that did something the next one follows soon. */
const SHORTEST_REST_MS = 25;
const LONGEST_REST_MS = 100;
/** Each open run costs a few reads a round: with many of them the rounds become rarer, up to this. */
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
