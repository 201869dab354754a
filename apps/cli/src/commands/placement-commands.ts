import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import type { Placement, PlacementPreview } from '../api-answers.js';
import type { PlacementChange } from '../api-requests.js';
import { UsageError } from '../exit-codes.js';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

/** Absent: as it is; false: removed. */
interface SetOptions extends CommonOptions {
  readonly requirements?: string | false;
  readonly rank?: string | false;
}

interface PreviewOptions extends CommonOptions {
  readonly requirements?: string;
  readonly rank?: string;
  readonly pool?: string;
}

const FUNCTION = '<app> <function>';

/** `nightjar functions placement …`. */
export function addPlacementCommands(functions: Command, context: CommandContext): void {
  const placement = functions
    .command('placement')
    .description('what functions ask of the machines that they run on: requirements and rank');
  addShow(placement, context);
  addSet(placement, context);
  addRemove(placement, context);
  addHistory(placement, context);
  addPreview(placement, context);
}

function addShow(placement: Command, context: CommandContext): void {
  const command = placement.command('show').description('all placements that hold now');
  withCommonOptions(command).action(async ({ url }: CommonOptions) => {
    const rows = (await context.client(url).placements()).map((one) => [
      one.app,
      one.function,
      String(one.version),
      one.changedBy,
      placementText(one),
    ]);
    for (const line of tableLines(['APP', 'FUNCTION', 'VERSION', 'BY', 'PLACEMENT'], rows))
      context.terminal.line(line);
  });
}

function addSet(placement: Command, context: CommandContext): void {
  const command = placement
    .command(`set ${FUNCTION}`)
    .description('set requirements, rank or both; what is not named stays')
    .option('--requirements <expression>', "only machines that meet it run the function: 'cores >= 4'")
    .option('--no-requirements', 'every machine may run it')
    .option('--rank <expression>', 'of several free machines the one with the highest value runs it: cores')
    .option('--no-rank', 'one machine is as good as another');
  withCommonOptions(command).action(async (app: string, name: string, options: SetOptions) => {
    if (options.requirements === undefined && options.rank === undefined)
      throw new UsageError(
        'Say --requirements, --rank or both; --no-requirements and --no-rank take one away',
      );
    const client = context.client(options.url);
    const named = { app, functionName: name };
    const made = await client.setPlacement(named, changed(await placementNow(client, app, name), options));
    context.terminal.line(`${made.app}/${made.function}, version ${made.version}: ${placementText(made)}`);
    if (!made.inActiveVersion)
      context.terminal.errorLine(`The active version of ${made.app} has no function ${made.function}.`);
    const { waitReason } = await client.placementPreview(named, {});
    if (waitReason) context.terminal.errorLine(waitReason.message);
  });
}

/** What holds now; empty where there is no placement. Names have no case. */
async function placementNow(client: ApiClient, app: string, name: string): Promise<PlacementChange> {
  const wanted = `${app} ${name}`.toLowerCase();
  const all = await client.placements();
  const found = all.find((one) => `${one.app} ${one.function}`.toLowerCase() === wanted);
  return {
    ...(found?.requirements && { requirements: found.requirements }),
    ...(found?.rank && { rank: found.rank }),
  };
}

/** `--requirements` without a value is a mistake; `--no-requirements` is `false`; neither leaves it as it is. */
function changed(now: PlacementChange, { requirements, rank }: SetOptions): PlacementChange {
  const made = {
    ...chosen('requirements', now.requirements, requirements),
    ...chosen('rank', now.rank, rank),
  };
  if (Object.keys(made).length > 0) return made;
  throw new UsageError('Say --requirements, --rank or both; remove takes a placement away');
}

function chosen(
  name: keyof PlacementChange,
  now: string | undefined,
  wanted: string | boolean | undefined,
): PlacementChange {
  if (wanted === false) return {};
  const value = typeof wanted === 'string' ? wanted : now;
  return value === undefined ? {} : { [name]: value };
}

function addRemove(placement: Command, context: CommandContext): void {
  const command = placement.command(`remove ${FUNCTION}`).description('let every machine run it again');
  withCommonOptions(command).action(async (app: string, name: string, { url }: CommonOptions) => {
    await context.client(url).removePlacement({ app, functionName: name });
    context.terminal.line(`The placement of ${app}/${name} is removed.`);
  });
}

function addHistory(placement: Command, context: CommandContext): void {
  const command = placement
    .command(`history ${FUNCTION}`)
    .description('who changed a placement when, the newest first');
  withCommonOptions(command).action(async (app: string, name: string, { url }: CommonOptions) => {
    const versions = await context.client(url).placementHistory({ app, functionName: name });
    const rows = versions.map((one) => [
      String(one.version),
      one.changedAt,
      one.changedBy,
      one.placement === null ? '(removed)' : placementText(one.placement),
    ]);
    for (const line of tableLines(['VERSION', 'WHEN', 'BY', 'PLACEMENT'], rows)) context.terminal.line(line);
  });
}

function addPreview(placement: Command, context: CommandContext): void {
  const command = placement
    .command(`preview ${FUNCTION}`)
    .description('which machines meet the requirements, why not, and their rank')
    .option('--requirements <expression>', 'try these, in place of those that hold')
    .option('--rank <expression>', 'try this, in place of the one that holds')
    .option('--pool <name>', "the machines of this pool; default: the installation's");
  withCommonOptions(command).action(async (app: string, name: string, options: PreviewOptions) => {
    const { url, requirements, rank, pool } = options;
    const preview = await context
      .client(url)
      .placementPreview({ app, functionName: name }, { requirements, rank, pool });
    const rows = preview.machines.map(rowOf);
    for (const line of tableLines(['MACHINE', 'STATE', 'MEETS', 'RANK', 'WHY NOT'], rows))
      context.terminal.line(line);
    if (preview.waitReason) context.terminal.errorLine(preview.waitReason.message);
  });
}

function rowOf(one: PlacementPreview['machines'][number]): string[] {
  return [one.machine, one.state, one.met, String(one.rank), one.because ?? ''];
}

function placementText({ requirements, rank }: Pick<Placement, 'requirements' | 'rank'>): string {
  const parts = [requirements && `requirements: ${requirements}`, rank && `rank: ${rank}`];
  return parts.filter(Boolean).join('; ');
}
