import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { ApiClient } from '../api-client.js';
import type { PolicyKey } from '../api-requests.js';
import type { MachinePolicy } from '../api-answers.js';
import { UsageError } from '../exit-codes.js';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';
import { findMachine } from './find-machine.js';
import { changedKnobs, knobsOf, knobsText, valueText } from './knob-changes.js';

interface SetOptions extends CommonOptions {
  readonly file?: string;
}

const SCOPES = ['machine', 'group', 'pool'];
const KEY = '<scope> <name>';

export function addPolicyCommands(program: Command, context: CommandContext): void {
  const policies = program
    .command('policies')
    .description(
      'capacity policies; of a machine (by id or name), a group (a label, as name=value or name), or a pool',
    );
  addShow(policies, context);
  addSet(policies, context);
  addRemove(policies, context);
  addHistory(policies, context);
  addOf(policies, context);
}

function addShow(policies: Command, context: CommandContext): void {
  const command = policies
    .command('show [scope] [name]')
    .description('all policies that hold now, or the knobs of one as JSON');
  withCommonOptions(command).action(
    async (scope: string | undefined, name: string | undefined, { url }: CommonOptions) => {
      const client = context.client(url);
      if (scope === undefined) return showAll(client, context);
      const policy = await client.policy(await keyOf(client, scope, name));
      context.terminal.line(JSON.stringify(policy.knobs, null, 2));
    },
  );
}

async function showAll(client: ApiClient, { terminal }: CommandContext): Promise<void> {
  const rows = (await client.policies()).map(({ scope, name, version, changedBy, knobs }) => [
    scope,
    name,
    String(version),
    changedBy,
    knobsText(knobs),
  ]);
  for (const line of tableLines(['SCOPE', 'NAME', 'VERSION', 'BY', 'KNOBS'], rows)) terminal.line(line);
}

function addSet(policies: Command, context: CommandContext): void {
  const command = policies
    .command(`set ${KEY} [changes...]`)
    .description('set knobs (knob=value) and remove some (knob-); the others stay')
    .addOption(new Option('--file <path>', 'replace all knobs by those of this JSON file; - is stdin'));
  withCommonOptions(command).action(
    async (scope: string, name: string, changes: string[], { url, file }: SetOptions) => {
      if (file === undefined && changes.length === 0)
        throw new UsageError('Say what to change: knob=value, knob-, or --file');
      const client = context.client(url);
      const key = await keyOf(client, scope, name);
      const knobs = file === undefined ? await client.knobsNow(key) : knobsOf(await contentOf(file));
      const policy = await client.setPolicy(key, changedKnobs(knobs, changes));
      context.terminal.line(
        `${scope} ${name}, version ${policy.version}: ${knobsText(policy.knobs) || 'no knobs'}`,
      );
    },
  );
}

function addRemove(policies: Command, context: CommandContext): void {
  const command = policies.command(`remove ${KEY}`).description('remove a policy; its history stays');
  withCommonOptions(command).action(async (scope: string, name: string, { url }: CommonOptions) => {
    const client = context.client(url);
    await client.removePolicy(await keyOf(client, scope, name));
    context.terminal.line(`The policy of the ${scope} ${name} is removed.`);
  });
}

function addHistory(policies: Command, context: CommandContext): void {
  const command = policies
    .command(`history ${KEY}`)
    .description('who changed a policy when, the newest first');
  withCommonOptions(command).action(async (scope: string, name: string, { url }: CommonOptions) => {
    const client = context.client(url);
    const versions = await client.policyHistory(await keyOf(client, scope, name));
    const rows = versions.map(({ version, changedAt, changedBy, knobs }) => [
      String(version),
      changedAt,
      changedBy,
      knobs === null ? '(removed)' : knobsText(knobs),
    ]);
    for (const line of tableLines(['VERSION', 'WHEN', 'BY', 'KNOBS'], rows)) context.terminal.line(line);
  });
}

function addOf(policies: Command, context: CommandContext): void {
  const command = policies
    .command('of <machine>')
    .description('every knob of one machine, and which layer says so');
  withCommonOptions(command).action(async (machine: string, { url }: CommonOptions) => {
    const client = context.client(url);
    const { knobs, problems } = await client.machinePolicy((await findMachine(client, machine)).id);
    for (const problem of problems) context.terminal.errorLine(problem);
    if (knobs === null) return context.fail();
    for (const line of tableLines(['KNOB', 'VALUE', 'SAID BY'], rowsOf(knobs))) context.terminal.line(line);
  });
}

function rowsOf(knobs: NonNullable<MachinePolicy['knobs']>): string[][] {
  return Object.entries(knobs)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([knob, { value, source }]) => [knob, valueText(value), source]);
}

/** Machines may be named by their names here; management knows policies by ids only. */
async function keyOf(client: ApiClient, scope: string, name = ''): Promise<PolicyKey> {
  if (!SCOPES.includes(scope) || name === '')
    throw new UsageError(`Say whose policy: ${SCOPES.join(', ')}, and its name`);
  return { scope, name: scope === 'machine' ? (await findMachine(client, name)).id : name };
}

function contentOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}
