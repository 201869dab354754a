import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import type { DefinedBatch } from '../api-answers.js';
import type { BatchKey } from '../api-requests.js';
import { UsageError } from '../exit-codes.js';
import { watchToEnd } from '../progress/watch-to-end.js';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

const KEY = '<app/name>';

/** Commands about definitions of batches, below `batch`. */
export function addDefinitionCommands(batch: Command, context: CommandContext): void {
  addDefine(batch, context);
  addDefinitions(batch, context);
  addShow(batch, context);
  addRun(batch, context);
  addPause(batch, context);
}

function addDefine(batch: Command, context: CommandContext): void {
  const command = batch
    .command('define <file>')
    .description('define a batch, or replace its definition, by a file of JSON or YAML ("-" reads stdin)');
  withCommonOptions(command).action(async (file: string, { url }: CommonOptions) => {
    const definition = await objectOf(file);
    const { app, name } = definition;
    if (typeof app !== 'string' || typeof name !== 'string')
      throw new UsageError(`${file} must say the app and the name of the batch`);
    const put = await context.client(url).putBatch({ app, name }, definition);
    context.terminal.line(`${put.app}/${put.name} is defined, version ${put.version}.`);
  });
}

function addDefinitions(batch: Command, context: CommandContext): void {
  const command = batch
    .command('definitions')
    .description('the batches that are defined, the newest first')
    .option('--app <name>', 'only those of this function app');
  withCommonOptions(command).action(async ({ url, app }: CommonOptions & { app?: string }) => {
    const rows = (await context.client(url).definedBatches(app)).map((one) => [
      `${one.app}/${one.name}`,
      String(one.version),
      timesOf(one),
      one.pause ? `paused by ${one.pause.by}: ${one.pause.note}` : '',
    ]);
    for (const line of tableLines(['BATCH', 'VERSION', 'WHEN', ''], rows)) context.terminal.line(line);
  });
}

function addShow(batch: Command, context: CommandContext): void {
  const command = batch.command(`show ${KEY}`).description('the definition of a batch as JSON');
  withCommonOptions(command).action(async (key: string, { url }: CommonOptions) => {
    const { definition } = await context.client(url).definedBatch(keyOf(key));
    context.terminal.line(JSON.stringify(definition, null, 2));
  });
}

interface RunOptions extends CommonOptions {
  readonly priority?: number;
  readonly watch?: boolean;
}

function addRun(batch: Command, context: CommandContext): void {
  const command = batch
    .command(`run ${KEY}`)
    .description('run a batch now, whatever its window, also when it is paused')
    .addOption(new Option('--priority <number>', 'for this run, -100 to 100').argParser(Number))
    .option('--watch', 'show the progress and wait for the end');
  withCommonOptions(command).action(async (key: string, { url, priority, watch }: RunOptions) => {
    const client = context.client(url);
    const { runId } = await client.runBatch(keyOf(key), priority === undefined ? {} : { priority });
    context.terminal.line(`Run ${runId} is accepted.`);
    if (watch) await watchToEnd(client, runId, context);
  });
}

function addPause(batch: Command, context: CommandContext): void {
  const pause = batch
    .command(`pause ${KEY}`)
    .description('have schedule and dependencies of a batch start nothing; runs that are there go on')
    .option('--note <text>', 'why', '');
  withCommonOptions(pause).action(async (key: string, { url, note }: CommonOptions & { note: string }) => {
    await context.client(url).pauseBatch(keyOf(key), note);
    context.terminal.line(`${key} is paused.`);
  });
  const resume = batch.command(`resume ${KEY}`).description('end a pause; what it missed is not caught up');
  withCommonOptions(resume).action(async (key: string, { url }: CommonOptions) => {
    await context.client(url).resumeBatch(keyOf(key));
    context.terminal.line(`${key} goes on.`);
  });
}

function timesOf({ definition }: DefinedBatch): string {
  const { schedule, window } = definition;
  const times = window ? `${window.start} to ${window.end} (${window.timeZone})` : '';
  return [schedule, times].filter(Boolean).join(', ') || 'on request';
}

/** Throws `UsageError` for what is not `app/name`. */
export function keyOf(key: string): BatchKey {
  const slash = key.indexOf('/');
  if (slash < 1 || slash === key.length - 1)
    throw new UsageError(`Say the batch as app/name, such as billing/invoices, not "${key}"`);
  return { app: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** JSON is YAML too. */
export async function objectOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const content = file === '-' ? await text(process.stdin) : await contentOf(file);
  let value: unknown;
  try {
    value = parse(content);
  } catch (error) {
    throw new UsageError(`${file} is neither JSON nor YAML: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new UsageError(`${file} must hold an object`);
}

async function contentOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`${file} can't be read: ${error.message}`);
  });
}
