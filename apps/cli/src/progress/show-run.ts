import type { BatchRun } from '../api-answers.js';
import type { Terminal } from '../terminal/terminal.js';
import { progressLine } from './run-progress.js';
import { type RunSource, watchRun } from './watch-run.js';

/** A person's terminal: often enough to look alive. */
const INTERACTIVE_INTERVAL_MS = 250;
/** A log: a change is to be seen soon, though lines are rare. */
const PLAIN_INTERVAL_MS = 1_000;
/** A log of a night must stay readable. */
const PLAIN_LINE_EVERY_MS = 10_000;

/** Shows a run's progress until its end: one line written over in a terminal, elsewhere one each 10 s or at a change. */
export async function showRun(
  source: RunSource,
  runId: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<BatchRun> {
  const { isInteractive, columns } = terminal;
  const isDue = plainLines();
  const run = await watchRun(source, runId, {
    intervalMs: isInteractive ? INTERACTIVE_INTERVAL_MS : PLAIN_INTERVAL_MS,
    signal,
    onProgress: (now) => {
      if (isInteractive) terminal.status(progressLine(now).slice(0, columns - 1));
      else if (isDue(now, performance.now())) terminal.line(progressLine(now));
    },
  });
  if (isInteractive) terminal.line(''); // The last state stays in sight.
  return run;
}

/** Whether a look is worth a line: the first and the last, a new state or other news of the deadline, and one each 10 s. */
export function plainLines(): (run: BatchRun, nowMs: number) => boolean {
  let lastMs = -Infinity;
  let last = '';
  return (run, nowMs) => {
    const news = `${run.state} ${run.forecast?.state}`;
    if (news === last && nowMs - lastMs < PLAIN_LINE_EVERY_MS) return false;
    lastMs = nowMs;
    last = news;
    return true;
  };
}
