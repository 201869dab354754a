import { type Command, InvalidArgumentError } from 'commander';
import type { ApiClient } from '../api-client.js';
import type { CapacityRange } from '../api-requests.js';
import { type CommonOptions, withCommonOptions } from './command-context.js';
import { findMachine } from './find-machine.js';

/** Whose time of which hours. */
export interface RangeOptions extends CommonOptions {
  readonly from?: string;
  readonly until?: string;
  readonly pool?: string;
  readonly machine?: string;
}

/** Adds what every command about machines' time takes. */
export function withRangeOptions(command: Command): Command {
  return withCommonOptions(
    command
      .option('--from <time>', 'the first hour, such as 2026-11-28T18:00:00Z', asTime)
      .option('--until <time>', 'the hour after the last one', asTime)
      .option('--pool <name>', 'only machines of this pool')
      .option('--machine <machine>', 'only this one, by id or name'),
  );
}

/** The same as the API takes it. Throws `UsageError` for a machine that there is not. */
export async function rangeOf(
  client: ApiClient,
  { from, until, pool, machine }: RangeOptions,
): Promise<CapacityRange> {
  const id = machine === undefined ? undefined : (await findMachine(client, machine)).id;
  return { from, until, pool, machine: id };
}

const format = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Hours to a tenth. What is less than that but something is not told as nothing. */
export function hoursText(value: number): string {
  return value > 0 && value < 0.05 ? '< 0.1' : format.format(value);
}

function asTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a time such as 2026-11-28T18:00:00Z.');
  return time.toISOString();
}
