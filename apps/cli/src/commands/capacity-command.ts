import { type Command, InvalidArgumentError } from 'commander';
import type { CapacitySummary } from '../api-answers.js';
import type { CapacityTable } from '../api-requests.js';
import { tableLines } from '../terminal/table.js';
import { addBadputCommand } from './badput-command.js';
import { hoursText as hours, rangeOf, type RangeOptions, withRangeOptions } from './capacity-range.js';
import type { CommandContext } from './command-context.js';

interface CapacityOptions extends RangeOptions {
  readonly csv?: CapacityTable;
}

const TABLES: readonly CapacityTable[] = ['summary', 'hours', 'series', 'owner-impact'];

export function addCapacityCommand(program: Command, context: CommandContext): void {
  const capacity = program
    .command('capacity')
    .description('what was used of the time that machines offered, by default in the last 24 hours')
    // What stands behind the name of a command below is that command's.
    .enablePositionalOptions()
    .option(
      '--csv <what>',
      'a table for other programs: summary (by state), hours (by hour and machine), series (by hour), or owner-impact (how long owners waited)',
      asTable,
    );
  withRangeOptions(capacity).action(async ({ csv, ...options }: CapacityOptions) => {
    const client = context.client(options.url);
    const query = await rangeOf(client, options);
    if (csv !== undefined) return client.capacityTable(csv, query, (text) => context.terminal.line(text));
    for (const line of summaryLines(await client.capacity(query))) context.terminal.line(line);
  });
  addBadputCommand(capacity, context);
}

function summaryLines(summary: CapacitySummary): string[] {
  const { usedOfOffered: share, states } = summary;
  const whole = share === null ? 'nothing was offered' : `${(share * 100).toFixed(1)} % of what was offered`;
  const uses = [
    ['used', hours(summary.usedCoreHours), whole],
    ['offered', hours(summary.offeredCoreHours), ''],
    ['  with work', hours(summary.allocatedCoreHours), ''],
    ['  without', hours(summary.idleCoreHours), ''],
    ["owners'", hours(summary.ownerCoreHours), ''],
    ['down', hours(summary.downCoreHours), ''],
  ];
  const reasons = states.map((one) => [one.state, one.reason, hours(one.machineHours), hours(one.coreHours)]);
  return [
    `From ${summary.from} until ${summary.until}`,
    ...tableLines(['', 'CORE-HOURS', ''], uses),
    ...(reasons.length === 0
      ? []
      : ['', ...tableLines(['STATE', 'REASON', 'MACHINE-HOURS', 'CORE-HOURS'], reasons)]),
  ];
}

function asTable(text: string): CapacityTable {
  const table = TABLES.find((one) => one === text);
  if (table === undefined) throw new InvalidArgumentError(`It must be one of ${TABLES.join(', ')}.`);
  return table;
}
