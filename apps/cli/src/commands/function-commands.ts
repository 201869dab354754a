import type { Command } from 'commander';
import type { PublishedFunction } from '../api-answers.js';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';
import { addPlacementCommands } from './placement-commands.js';

export function addFunctionCommands(program: Command, context: CommandContext): void {
  const functions = program.command('functions').description('what is published');
  const list = functions.command('list').description('all functions of all apps');
  withCommonOptions(list).action(async (options: CommonOptions) => {
    const found = await context.client(options.url).functions();
    const rows = found.map((one) => [
      one.app,
      one.name,
      one.trigger,
      whenOf(one),
      one.disabled ? 'disabled' : '',
    ]);
    for (const line of tableLines(['APP', 'FUNCTION', 'TRIGGER', 'WHEN', ''], rows))
      context.terminal.line(line);
  });
  addPlacementCommands(functions, context);
}

/** What sets a function off, in the words of its trigger: a route, a schedule, a queue. */
function whenOf({ bindings, trigger, name }: PublishedFunction): string {
  const binding = bindings.find(({ type }) => type === trigger);
  const { route, schedule, queueName, methods } = binding ?? {};
  if (trigger === 'httpTrigger') {
    const verbs = Array.isArray(methods) ? methods.join(',').toUpperCase() : '';
    return `${verbs} ${textOf(route) ?? name}`.trim();
  }
  return textOf(schedule) ?? textOf(queueName) ?? '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
