import { type Command, Option } from 'commander';
import type { Badput, BadputFigures, BadputRow } from '../api-answers.js';
import type { BadputQuery } from '../api-requests.js';
import { tableLines } from '../terminal/table.js';
import { hoursText, rangeOf, type RangeOptions, withRangeOptions } from './capacity-range.js';
import { asCount, type CommandContext } from './command-context.js';

type Grouping = NonNullable<BadputQuery['by']>;

interface BadputOptions extends RangeOptions {
  readonly by: Grouping;
  readonly limit?: number;
  readonly csv?: true;
}

const USUAL_ROWS = 20;

export function addBadputCommand(capacity: Command, context: CommandContext): void {
  const command = capacity
    .command('badput')
    .description('what calls took, and what of it was lost and ran again, by default in the last 24 hours')
    .addOption(
      new Option('--by <what>', 'what a line is about')
        .choices(['function', 'machine', 'reason'])
        .default('function'),
    )
    .option('--limit <count>', `how many lines at most, up to 1000; ${USUAL_ROWS} if not given`, asCount)
    .option('--csv', 'all lines as a table for other programs');
  withRangeOptions(command).action(async ({ by, limit, csv, ...options }: BadputOptions) => {
    const client = context.client(options.url);
    const range = await rangeOf(client, options);
    if (csv) return client.capacityTable('badput', { ...range, by }, (text) => context.terminal.line(text));
    const badput = await client.badput({ ...range, by, limit: limit ?? USUAL_ROWS });
    for (const line of badputLines(badput, by)) context.terminal.line(line);
  });
}

function badputLines({ from, until, total, rows, more }: Badput, by: Grouping): string[] {
  const lines = [`From ${from} until ${until}`];
  if (rows.length === 0) return [...lines, 'Nothing ran.'];
  const all = figures(total);
  const head = ['USED HOURS', 'LOST HOURS', 'LOST', 'EVICTIONS', 'CALLS'];
  lines.push(
    ...tableLines(
      [...HEADS[by], ...head],
      [
        ...rows.map((row) => [...KEYS[by](row), ...figures(row)]),
        ['all', ...HEADS[by].slice(1).map(() => ''), ...all],
      ],
    ),
  );
  return more > 0 ? [...lines, `${more} more; --limit or --csv shows them.`] : lines;
}

const HEADS: Readonly<Record<Grouping, readonly string[]>> = {
  function: ['FUNCTION', 'BATCH'],
  machine: ['MACHINE'],
  reason: ['REASON'],
};

const KEYS: Readonly<Record<Grouping, (row: BadputRow) => string[]>> = {
  function: ({ app, function: name, batch }) => [`${app ?? ''}/${name ?? ''}`, batch ?? ''],
  machine: ({ machine }) => [machine ?? ''],
  // What was not lost has none.
  reason: ({ reason }) => [reason || '-'],
};

function figures({ usedHours, badputHours, badputShare, evictions, calls }: BadputFigures): string[] {
  const share = badputShare === null ? '' : `${(badputShare * 100).toFixed(1)} %`;
  return [hoursText(usedHours), hoursText(badputHours), share, String(evictions), String(calls)];
}
