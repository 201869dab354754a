import type { Command } from 'commander';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';
import { objectOf } from './definition-commands.js';

export function addCalendarCommands(program: Command, context: CommandContext): void {
  const calendar = program.command('calendar').description('calendars, by which batches choose their days');
  withCommonOptions(
    calendar
      .command('put <name> <file>')
      .description('make a calendar, or replace it, by a file of JSON or YAML'),
  ).action(async (name: string, file: string, { url }: CommonOptions) => {
    const { version } = await context.client(url).putCalendar(name, await objectOf(file));
    context.terminal.line(`The calendar ${name} has version ${version}.`);
  });
  withCommonOptions(calendar.command('list').description('all calendars')).action(
    async ({ url }: CommonOptions) => {
      const rows = (await context.client(url).calendars()).map((one) => [
        one.name,
        String(one.version),
        one.calendar.timeZone,
        String(one.calendar.holidays.length),
      ]);
      for (const line of tableLines(['CALENDAR', 'VERSION', 'ZONE', 'HOLIDAYS'], rows))
        context.terminal.line(line);
    },
  );
  withCommonOptions(calendar.command('show <name>').description('a calendar as JSON')).action(
    async (name: string, { url }: CommonOptions) => {
      context.terminal.line(JSON.stringify((await context.client(url).calendar(name)).calendar, null, 2));
    },
  );
  withCommonOptions(
    calendar.command('remove <name>').description('remove a calendar that no batch uses'),
  ).action(async (name: string, { url }: CommonOptions) => {
    await context.client(url).removeCalendar(name);
    context.terminal.line(`The calendar ${name} is removed.`);
  });
}
