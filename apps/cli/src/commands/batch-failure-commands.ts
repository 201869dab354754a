import type { Command } from 'commander';
import type { FailureGroup } from '../api-answers.js';
import type { Replay } from '../api-requests.js';
import { UsageError } from '../exit-codes.js';
import { watchToEnd } from '../progress/watch-to-end.js';
import { count } from '../terminal/figures.js';
import { tableLines } from '../terminal/table.js';
import { asCount, type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

interface RetryOptions extends CommonOptions {
  readonly group?: string;
  readonly line?: readonly number[];
  readonly all?: boolean;
  readonly again?: boolean;
  readonly watch?: boolean;
}

/** Longer messages would push the table off the screen. */
const MESSAGE_CHARS = 80;

/** `batch retry`, `rerun` and `failures`. */
export function addFailureCommands(batch: Command, context: CommandContext): void {
  addFailures(batch, context);
  addRetry(batch, context);
  addRerun(batch, context);
}

function addFailures(batch: Command, context: CommandContext): void {
  const command = batch
    .command('failures <runId>')
    .description('what failed in a run, in groups of the same error, and what has been healed')
    .option('--limit <count>', 'how many groups', asCount, 20);
  withCommonOptions(command).action(async (runId: string, options: CommonOptions & { limit: number }) => {
    const client = context.client(options.url);
    const [{ groups, next }, letters] = await Promise.all([
      client.failureGroups(runId, options.limit),
      client.deadLetters(runId),
    ]);
    if (letters.deadLetters === 0) return context.terminal.line('No item has failed.');
    const head = ['GROUP', 'ITEMS', 'FIRST SEEN', 'LAST SEEN', 'LINES', 'ERROR'];
    for (const line of tableLines(head, groups.map(rowOf))) context.terminal.line(line);
    if (next !== undefined) context.terminal.line('There are more groups (--limit).');
    const { deadLetters, healed, replaying } = letters;
    context.terminal.line(
      `${count(deadLetters)} failed: ${count(healed)} healed, ${count(replaying)} being run again.`,
    );
  });
}

function rowOf({
  group,
  items,
  firstSeenAt,
  lastSeenAt,
  sampleLines,
  type,
  message,
}: FailureGroup): string[] {
  const [words = ''] = message.split('\n');
  const said = words.length > MESSAGE_CHARS ? `${words.slice(0, MESSAGE_CHARS - 1)}…` : words;
  const lines = sampleLines.join(',') + (items > sampleLines.length ? ',…' : '');
  return [group, count(items), firstSeenAt, lastSeenAt, lines, `${type}: ${said}`];
}

function addRetry(batch: Command, context: CommandContext): void {
  const command = batch
    .command('retry <runId>')
    .description('run failed items again, as a new run with the active version of the app')
    .option('--group <group>', 'those of a failure group (see "batch failures")')
    .option('--line <number>', 'the item of this line; may be given several times', asLines)
    .option('--all', 'all that failed')
    .option('--again', 'also those that have succeeded when they were run again before')
    .option('--watch', 'show the progress and wait for the end');
  withCommonOptions(command).action(async (runId: string, options: RetryOptions) => {
    const replay = replayOf(options);
    const client = context.client(options.url);
    const accepted = await client.replay(runId, replay);
    context.terminal.line(`Run ${accepted.runId} is accepted: ${count(accepted.itemsTotal)} items.`);
    if (options.watch) await watchToEnd(client, accepted.runId, context);
  });
}

function replayOf({ group, line, all, again }: RetryOptions): Replay {
  const chosen: Replay[] = [
    ...(group === undefined ? [] : [{ group }]),
    ...(line === undefined ? [] : [{ lines: line }]),
    ...(all ? [{ all } as const] : []),
  ];
  const [only, ...more] = chosen;
  if (!only || more.length > 0) {
    throw new UsageError('say which items: one of --group <group>, --line <number> and --all');
  }
  return again ? { ...only, again } : only;
}

function asLines(text: string, earlier: readonly number[] = []): readonly number[] {
  return [...earlier, asCount(text)];
}

function addRerun(batch: Command, context: CommandContext): void {
  const command = batch
    .command('rerun <runId>')
    .description('run all items of an ended run again that have not succeeded, also those that never began')
    .option('--watch', 'show the progress and wait for the end');
  withCommonOptions(command).action(async (runId: string, options: CommonOptions & { watch?: boolean }) => {
    const client = context.client(options.url);
    const accepted = await client.rerun(runId);
    context.terminal.line(`Run ${accepted.runId} is accepted: ${count(accepted.itemsTotal)} items.`);
    if (options.watch) await watchToEnd(client, accepted.runId, context);
  });
}
