import { type Command, InvalidArgumentError } from 'commander';
import type { CapacitySummary } from '../api-answers.js';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';
import { findMachine } from './find-machine.js';

interface CapacityOptions extends CommonOptions {
  readonly from?: string;
  readonly until?: string;
  readonly pool?: string;
  readonly machine?: string;
  readonly csv?: 'summary' | 'hours';
}

export function addCapacityCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('capacity')
    .description('what was used of the time that machines offered, by default in the last 24 hours')
    .option('--from <time>', 'the first hour, such as 2026-11-28T18:00:00Z', asTime)
    .option('--until <time>', 'the hour after the last one', asTime)
    .option('--pool <name>', 'only machines of this pool')
    .option('--machine <machine>', 'only this one, by id or name')
    .option(
      '--csv <what>',
      'a table for other programs: summary (by state) or hours (by hour and machine)',
      asTable,
    );
  withCommonOptions(command).action(async ({ url, csv, machine, ...range }: CapacityOptions) => {
    const client = context.client(url);
    const id = machine === undefined ? undefined : (await findMachine(client, machine)).id;
    const query = { ...range, machine: id };
    if (csv !== undefined) return client.capacityTable(csv, query, (text) => context.terminal.line(text));
    for (const line of summaryLines(await client.capacity(query))) context.terminal.line(line);
  });
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

const format = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function hours(value: number): string {
  return format.format(value);
}

function asTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a time such as 2026-11-28T18:00:00Z.');
  return time.toISOString();
}

function asTable(text: string): string {
  if (text !== 'summary' && text !== 'hours') throw new InvalidArgumentError('It must be summary or hours.');
  return text;
}
