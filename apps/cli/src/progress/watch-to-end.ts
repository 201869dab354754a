import type { ApiClient } from '../api-client.js';
import type { CommandContext } from '../commands/command-context.js';
import { endLines } from './run-progress.js';
import { showRun } from './show-run.js';

/** Shows a run's progress until its end; unless all of it succeeded, that is a failure of the command. */
export async function watchToEnd(client: ApiClient, runId: string, context: CommandContext): Promise<void> {
  const run = await showRun(client, runId, context.terminal, context.signal).catch((error: unknown) => {
    if (context.signal.aborted) sayThatItGoesOn(runId, context);
    throw error;
  });
  for (const line of endLines(run)) context.terminal.line(line);
  if (run.state !== 'succeeded') context.fail();
}

/** Who presses Ctrl-C may think that it ends the run. */
function sayThatItGoesOn(runId: string, { terminal }: CommandContext): void {
  if (terminal.isInteractive) terminal.line('');
  terminal.line(
    `Run ${runId} goes on. nightjar batch watch ${runId} shows it again, nightjar batch cancel ${runId} ends it.`,
  );
}
