import type { Command } from 'commander';
import type { DefinedBatch, UpcomingOccurrences } from '../api-answers.js';
import { count as figure } from '../terminal/figures.js';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';
import { keyOf } from './definition-commands.js';

const KEY = '<app/name>';

/** Commands about when batches run, below `schedule`. */
export function addBatchScheduleCommands(schedule: Command, context: CommandContext): void {
  addList(schedule, context);
  addPause(schedule, context);
  addBackfill(schedule, context);
}

/** The next occurrences of a batch, in UTC and in its zone. */
export function upcomingLines({ next, timeZone, pause }: UpcomingOccurrences): readonly string[] {
  const paused = pause ? [`It is ${pausedBy(pause)}: nothing of this comes until it is resumed.`] : [];
  if (timeZone === null)
    return [...paused, 'It has no times of its own: it runs by request, or after other batches.'];
  if (next.length === 0) return [...paused, 'It does not come again.'];
  const rows = next.map(({ at, local, businessDate, deadlineAt }) => [
    at,
    local,
    businessDate,
    deadlineAt ?? '',
  ]);
  return [...paused, ...tableLines(['UTC', timeZone, 'BUSINESS DAY', 'DEADLINE'], rows)];
}

function addList(schedule: Command, context: CommandContext): void {
  const command = schedule
    .command('list')
    .description('the batches that have a schedule or a window, with when they come next')
    .option('--app <name>', 'only those of this function app');
  withCommonOptions(command).action(async ({ url, app }: CommonOptions & { app?: string }) => {
    const batches = await context.client(url).definedBatches(app);
    const rows = batches.filter(({ definition }) => definition.schedule ?? definition.window).map(rowOf);
    if (rows.length === 0) return context.terminal.line('No batch has a schedule or a window.');
    for (const line of tableLines(['BATCH', 'SCHEDULE', 'NEXT (UTC)', ''], rows)) context.terminal.line(line);
  });
}

function rowOf({ app, name, definition, nextDueAt, pause }: DefinedBatch): string[] {
  const { schedule, window } = definition;
  const within = window ? `${window.start} to ${window.end} (${window.timeZone})` : '';
  const times = schedule && within ? `${schedule}, ${within}` : (schedule ?? within);
  return [`${app}/${name}`, times, pause ? '' : (nextDueAt ?? 'never'), pause ? pausedBy(pause) : ''];
}

function addPause(schedule: Command, context: CommandContext): void {
  const pause = schedule
    .command(`pause ${KEY}`)
    .description('start nothing of a batch by itself until it is resumed; runs that go on go on')
    .requiredOption('--note <text>', 'why, for those who look at it later');
  withCommonOptions(pause).action(async (key: string, { url, note }: CommonOptions & { note: string }) => {
    await context.client(url).pauseBatch(keyOf(key), note);
    context.terminal.line(`${key} is paused: its schedule starts nothing until it is resumed.`);
  });
  const resume = schedule
    .command(`resume ${KEY}`)
    .description('go by the schedule again; what was planned during the pause is not caught up');
  withCommonOptions(resume).action(async (key: string, { url }: CommonOptions) => {
    const client = context.client(url);
    await client.resumeBatch(keyOf(key));
    context.terminal.line(`${key} is resumed.`);
    for (const line of upcomingLines(await client.upcoming(keyOf(key), 1))) context.terminal.line(line);
  });
}

function addBackfill(schedule: Command, context: CommandContext): void {
  const command = schedule
    .command(`backfill ${KEY} <from> <to>`)
    .description('run a batch for business days that are over (2026-11-01 2026-11-07), one after the other')
    .option('--dry-run', 'only say which runs there would be');
  withCommonOptions(command).action(
    async (key: string, from: string, to: string, { url, dryRun }: CommonOptions & { dryRun?: boolean }) => {
      const made = await context.client(url).backfill(keyOf(key), { from, to, dryRun });
      const rows = made.runs.map(({ runId, businessDate, plannedAt }) => [
        businessDate,
        plannedAt,
        runId ?? '',
      ]);
      for (const line of tableLines(['BUSINESS DAY', 'PLANNED', 'RUN'], rows)) context.terminal.line(line);
      const runs = `${figure(made.runs.length)} ${made.runs.length === 1 ? 'run' : 'runs'}`;
      context.terminal.line(
        `${dryRun ? `There would be ${runs}` : `${runs} made`}, the first not before ${made.notBefore}.`,
      );
    },
  );
}

function pausedBy({ by, note }: { readonly by: string; readonly note: string }): string {
  return `paused by ${by}${note === '' ? '' : `: ${note}`}`;
}
