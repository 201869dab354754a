import type { Command } from 'commander';
import { tableLines } from '../terminal/table.js';
import { asCount, type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

interface ListOptions extends CommonOptions {
  readonly app?: string;
  readonly function?: string;
  readonly state?: string;
  readonly limit: number;
}

export function addInvocationCommands(program: Command, context: CommandContext): void {
  const invocations = program.command('invocations').description('what ran, and how it ended');
  const list = invocations
    .command('list')
    .description('the newest invocations')
    .option('--app <name>', 'only of this function app')
    .option('--function <name>', 'only of this function')
    .option('--state <state>', 'only in this state, such as failed')
    .option('--limit <count>', 'how many', asCount, 20);
  withCommonOptions(list).action((options: ListOptions) => listInvocations(options, context));

  const show = invocations.command('show <id>').description('everything known of one invocation, as JSON');
  withCommonOptions(show).action(async (id: string, options: CommonOptions) => {
    const client = context.client(options.url);
    const [invocation, logs] = await Promise.all([client.invocation(id), client.invocationLogs(id)]);
    context.terminal.line(JSON.stringify({ ...invocation, logs }, null, 2));
  });
}

async function listInvocations(options: ListOptions, context: CommandContext): Promise<void> {
  const { url, function: functionName, ...filter } = options;
  const found = await context.client(url).invocations({ ...filter, functionName });
  const rows = found.map((invocation) => [
    invocation.id,
    `${invocation.app}/${invocation.function}`,
    invocation.trigger,
    invocation.state,
    invocation.queuedAt,
    millisecondsBetween(invocation.startedAt, invocation.endedAt),
  ]);
  const head = ['INVOCATION', 'FUNCTION', 'TRIGGER', 'STATE', 'QUEUED', 'MS'];
  for (const line of tableLines(head, rows)) context.terminal.line(line);
}

function millisecondsBetween(start: string | null, end: string | null): string {
  return start === null || end === null ? '' : String(Date.parse(end) - Date.parse(start));
}
