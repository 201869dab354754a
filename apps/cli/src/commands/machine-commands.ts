import { type Command, InvalidArgumentError } from 'commander';
import type { Machine } from '../api-answers.js';
import { count, duration } from '../terminal/figures.js';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';
import { findMachine } from './find-machine.js';
import { changedLabels, labelText } from './labels.js';

interface ListOptions extends CommonOptions {
  readonly state?: string;
  readonly pool?: string;
  readonly os?: string;
  readonly label?: readonly string[];
}

interface DrainOptions extends CommonOptions {
  readonly deadline?: number;
  readonly preview?: boolean;
}

const MACHINE = '<machine>';
const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export function addMachineCommands(program: Command, context: CommandContext): void {
  const machines = program.command('machines').description('the machines that run functions; by id or name');
  addList(machines, context);
  addShow(machines, context);
  addLabel(machines, context);
  addDrain(machines, context);
  addUndrain(machines, context);
  addRevoke(machines, context);
  addEnrolToken(machines, context);
}

function addList(machines: Command, context: CommandContext): void {
  const command = machines
    .command('list')
    .description('all machines, or those that the options name')
    .option('--state <state>', 'only in this state, such as ready or offline')
    .option('--pool <name>', 'only of this pool')
    .option('--os <system>', 'only with linux, windows or darwin')
    .option('--label <label...>', 'only with these labels, as name or name=value');
  withCommonOptions(command).action(async ({ url, ...filter }: ListOptions) => {
    const found = await context.client(url).machines(filter);
    const rows = found.map((machine) => [
      machine.name,
      machine.state,
      capacityText(machine),
      machine.pool,
      machine.os,
      `${count(machine.slotsBusy)} of ${count(machine.slots)}`,
      labelText(machine.labels),
      machine.reason,
    ]);
    const head = ['MACHINE', 'STATE', 'CAPACITY', 'POOL', 'OS', 'BUSY', 'LABELS', 'WHY'];
    for (const line of tableLines(head, rows)) context.terminal.line(line);
  });
}

/** As state/activity: `claimed/suspended`. */
function capacityText({ capacity }: Machine): string {
  return capacity ? [capacity.state, capacity.activity].filter(Boolean).join('/') : '';
}

function addShow(machines: Command, context: CommandContext): void {
  const command = machines.command(`show ${MACHINE}`).description('everything known of one machine, as JSON');
  withCommonOptions(command).action(async (key: string, { url }: CommonOptions) => {
    const machine = await findMachine(context.client(url), key);
    context.terminal.line(JSON.stringify(machine, null, 2));
  });
}

function addLabel(machines: Command, context: CommandContext): void {
  const command = machines
    .command(`label ${MACHINE} <labels...>`)
    .description('set labels (name=value, or a name alone) and remove some (name-); the others stay');
  withCommonOptions(command).action(async (key: string, changes: string[], { url }: CommonOptions) => {
    const client = context.client(url);
    const { id, labels } = await findMachine(client, key);
    const machine = await client.labelMachine(id, changedLabels(labels, changes));
    context.terminal.line(`${machine.name}: ${labelText(machine.labels) || 'no labels'}`);
  });
}

function addDrain(machines: Command, context: CommandContext): void {
  const command = machines
    .command(`drain ${MACHINE}`)
    .description('have a machine take nothing new, and say what giving back its work would cost')
    .option('--deadline <duration>', 'then what still runs is given back, such as 90s, 10m or 2h', asSeconds)
    .option('--preview', 'only say what it would cost');
  withCommonOptions(command).action(async (key: string, { url, deadline, preview }: DrainOptions) => {
    const client = context.client(url);
    const { id } = await findMachine(client, key);
    const answer = await client.drainMachine(id, { deadlineSeconds: deadline, preview });
    const lost = `${count(answer.workUnderWay)} under way, ${duration(answer.badputSeconds * 1000)} of work so far`;
    const what = preview ? 'is not drained' : 'takes nothing new from its next heartbeat on';
    context.terminal.line(`${answer.machine.name} ${what}: ${lost}.`);
  });
}

function addUndrain(machines: Command, context: CommandContext): void {
  const command = machines.command(`undrain ${MACHINE}`).description('let a machine take work again');
  withCommonOptions(command).action(async (key: string, { url }: CommonOptions) => {
    const client = context.client(url);
    const { name } = await client.undrainMachine((await findMachine(client, key)).id);
    context.terminal.line(`${name} takes work again from its next heartbeat on.`);
  });
}

function addRevoke(machines: Command, context: CommandContext): void {
  const command = machines
    .command(`revoke ${MACHINE}`)
    .description("take a machine's key from it: it stops, and comes back only with a new enrolment token");
  withCommonOptions(command).action(async (key: string, { url }: CommonOptions) => {
    const client = context.client(url);
    const { id, name } = await findMachine(client, key);
    await client.revokeMachine(id);
    context.terminal.line(`The key of ${name} is revoked.`);
  });
}

function addEnrolToken(machines: Command, context: CommandContext): void {
  const command = machines
    .command('enrol-token')
    .description('make a token with which one worker can enrol, once and soon')
    .option('--note <text>', 'what it is for', '');
  withCommonOptions(command).action(async ({ url, note }: CommonOptions & { readonly note: string }) => {
    const { token, expiresAt } = await context.client(url).makeEnrolmentToken(note);
    // Alone on stdout, for a script to take.
    context.terminal.line(token);
    context.terminal.errorLine(
      `It works once, until ${expiresAt}: set NIGHTJAR_ENROLMENT_TOKEN of the worker to it.`,
    );
  });
}

function asSeconds(text: string): number {
  const [, figure = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(figure) * (SECONDS_OF[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(seconds)) {
    throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 10m.');
  }
  return seconds;
}
