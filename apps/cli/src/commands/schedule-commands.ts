import type { Command } from 'commander';
import type { TimerSchedule } from '../api-answers.js';
import { tableLines } from '../terminal/table.js';
import { asCount, type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

interface ScheduleOptions extends CommonOptions {
  readonly count: number;
}

const USUAL_COUNT = 10;

export function addScheduleCommands(program: Command, context: CommandContext): void {
  const schedule = program.command('schedule').description('when timer functions run');
  add(schedule, context, 'show', "a timer's schedule and its next occurrences", showLines);
  add(schedule, context, 'next', "only a timer's next occurrences, in UTC and in its time zone", nextLines);
}

function add(
  schedule: Command,
  context: CommandContext,
  name: string,
  description: string,
  linesOf: (shown: TimerSchedule) => readonly string[],
): void {
  const command = schedule
    .command(`${name} <app> <function>`)
    .description(description)
    .option('-n, --count <count>', 'how many occurrences', asCount, USUAL_COUNT);
  withCommonOptions(command).action(async (app: string, functionName: string, options: ScheduleOptions) => {
    const shown = await context.client(options.url).timerSchedule(app, functionName, options.count);
    for (const line of linesOf(shown)) context.terminal.line(line);
  });
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
