import type { Command } from 'commander';
import type { TimerSchedule } from '../api-answers.js';
import { tableLines } from '../terminal/table.js';
import { addBatchScheduleCommands, upcomingLines } from './batch-schedule-commands.js';
import { asCount, type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';
import { keyOf } from './definition-commands.js';

interface ScheduleOptions extends CommonOptions {
  readonly count: number;
}

const USUAL_COUNT = 10;

export function addScheduleCommands(program: Command, context: CommandContext): void {
  const schedule = program.command('schedule').description('when batches and timer functions run');
  addShow(schedule, context);
  addNext(schedule, context);
  addBatchScheduleCommands(schedule, context);
}

function addShow(schedule: Command, context: CommandContext): void {
  const command = schedule
    .command('show <app> <function>')
    .description("a timer's schedule and its next occurrences");
  withCount(command).action(async (app: string, functionName: string, options: ScheduleOptions) => {
    const shown = await context.client(options.url).timerSchedule(app, functionName, options.count);
    for (const line of showLines(shown)) context.terminal.line(line);
  });
}

function addNext(schedule: Command, context: CommandContext): void {
  const command = schedule
    .command('next <app/batch> [function]')
    .description('when a batch (app/name) or a timer (app function) comes next, in UTC and in its time zone');
  withCount(command).action(
    async (of: string, functionName: string | undefined, options: ScheduleOptions) => {
      const { url, count } = options;
      const client = context.client(url);
      const lines =
        functionName === undefined
          ? upcomingLines(await client.upcoming(keyOf(of), count))
          : nextLines(await client.timerSchedule(of, functionName, count));
      for (const line of lines) context.terminal.line(line);
    },
  );
}

function withCount(command: Command): Command {
  return withCommonOptions(command).option(
    '-n, --count <count>',
    'how many occurrences',
    asCount,
    USUAL_COUNT,
  );
}

function showLines(shown: TimerSchedule): readonly string[] {
  const { expression, declaredAs } = shown;
  const facts = [
    ['schedule', expression === declaredAs ? expression : `${expression} (from ${declaredAs})`],
    ['time zone', shown.timeZone],
    ['missed ones', shown.monitored ? 'run once, late' : 'are skipped'],
    ['on start-up', shown.runOnStartup ? 'runs' : 'does not run'],
    ['active since', shown.activeSince],
    ['last planned', shown.lastPlannedAt ?? 'never'],
  ];
  return [...tableLines(['TIMER', `${shown.app}/${shown.function}`], facts), '', ...nextLines(shown)];
}

function nextLines({ next, timeZone }: TimerSchedule): readonly string[] {
  if (next.length === 0) return ['It does not come again.'];
  return tableLines(
    ['UTC', timeZone],
    next.map(({ at, local }) => [at, local]),
  );
}
