import type { BatchRun } from '../api-answers.js';
import type { Terminal } from '../terminal/terminal.js';
import { progressLine } from './run-progress.js';
import { type RunSource, watchRun } from './watch-run.js';

/** A person's terminal: often enough to look alive. */
const INTERACTIVE_INTERVAL_MS = 250;
/** A log: a line each second is enough to read. */
const PLAIN_INTERVAL_MS = 1_000;

/** Shows a run's progress until its end: one line written over in a terminal, a line each second elsewhere. */
export async function showRun(
  source: RunSource,
  runId: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<BatchRun> {
  const { isInteractive, columns } = terminal;
  const run = await watchRun(source, runId, {
    intervalMs: isInteractive ? INTERACTIVE_INTERVAL_MS : PLAIN_INTERVAL_MS,
    signal,
    onProgress: (now) => {
      if (isInteractive) terminal.status(progressLine(now).slice(0, columns - 1));
      else terminal.line(progressLine(now));
    },
  });
  if (isInteractive) terminal.line(''); // The last state stays in sight.
  return run;
}
