import type { Command } from 'commander';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

export function addFunctionCommands(program: Command, context: CommandContext): void {
  const functions = program.command('functions').description('what is published');
  const list = functions.command('list').description('all functions of all apps');
  withCommonOptions(list).action(async (options: CommonOptions) => {
    const found = await context.client(options.url).functions();
    const rows = found.map(({ app, name, trigger, route, methods, disabled }) => [
      app,
      name,
      trigger,
      route ? `${(methods ?? []).join(',')} ${route}`.trim() : '',
      disabled ? 'disabled' : '',
    ]);
    const head = ['APP', 'FUNCTION', 'TRIGGER', 'ROUTE', ''];
    for (const line of tableLines(head, rows)) context.terminal.line(line);
  });
}
