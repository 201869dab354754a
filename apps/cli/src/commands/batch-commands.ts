import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import { type BatchRun, itemsDone } from '../api-answers.js';
import { UsageError } from '../exit-codes.js';
import { watchToEnd } from '../progress/watch-to-end.js';
import { count } from '../terminal/figures.js';
import { tableLines } from '../terminal/table.js';
import { addFailureCommands } from './batch-failure-commands.js';
import { asCount, type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';
import { addDefinitionCommands } from './definition-commands.js';
import { addResultCommands } from './result-commands.js';
import { type CsvFlags, uploadForm, withCsvOptions } from './upload-file.js';

interface SubmitOptions extends CommonOptions, CsvFlags {
  readonly app: string;
  readonly function: string;
  readonly name?: string;
  readonly watch?: boolean;
  readonly deadline?: string;
}

export function addBatchCommands(program: Command, context: CommandContext): void {
  const batch = program.command('batch').description('run a function over many items');
  addSubmit(batch, context);
  addWatch(batch, context);
  addList(batch, context);
  addWhy(batch, context);
  addCancel(batch, context);
  addDefinitionCommands(batch, context);
  addFailureCommands(batch, context);
  addResultCommands(batch, context);
}

function addSubmit(batch: Command, context: CommandContext): void {
  const command = batch
    .command('submit <file>')
    .description('send a file of JSON Lines (one item a line) or CSV ("-" reads stdin), and run it')
    .requiredOption('--app <name>', 'the function app')
    .requiredOption('--function <name>', 'the function that gets the items')
    .option('--name <label>', "what the run is called (default: the file's name)")
    .option('--deadline <time>', 'by when it is to be done, such as 2026-12-01T06:00:00+01:00', asTime)
    .option('--watch', 'show the progress and wait for the end');
  withCommonOptions(withCsvOptions(command)).action(async (file: string, options: SubmitOptions) => {
    const client = context.client(options.url);
    const { app, function: functionName, name = labelOf(file), deadline: deadlineAt } = options;
    const form = uploadForm(file, options);
    const accepted = await client.submitBatch(
      { app, functionName, name, deadlineAt },
      await itemsOf(file),
      form,
    );
    context.terminal.line(`Run ${accepted.runId} is accepted: ${count(accepted.itemsTotal)} items.`);
    if (options.watch) await watchToEnd(client, accepted.runId, context);
  });
}

function addWatch(batch: Command, context: CommandContext): void {
  const command = batch.command('watch <runId>').description("show a run's progress and wait for its end");
  withCommonOptions(command).action(async (runId: string, options: CommonOptions) => {
    await watchToEnd(context.client(options.url), runId, context);
  });
}

function addList(batch: Command, context: CommandContext): void {
  const command = batch
    .command('list')
    .description('the newest runs')
    .option('--limit <count>', 'how many', asCount, 20);
  withCommonOptions(command).action(async (options: CommonOptions & { limit: number }) => {
    const runs = await context.client(options.url).runs(options.limit);
    const rows = runs.map((run) => [
      run.runId,
      run.name,
      `${run.app}/${run.function}`,
      run.state,
      `${count(itemsDone(run))} of ${count(run.itemsTotal)}`,
      count(run.itemsFailed),
      dueOf(run),
    ]);
    const head = ['RUN', 'NAME', 'FUNCTION', 'STATE', 'DONE', 'FAILED', 'DUE (UTC)'];
    for (const line of tableLines(head, rows)) context.terminal.line(line);
  });
}

function dueOf({ deadlineAt, forecast }: BatchRun): string {
  if (!deadlineAt) return '';
  const state = forecast && forecast.state !== 'notKnown' ? ` ${forecast.state}` : '';
  return `${deadlineAt.slice(0, 16).replace('T', ' ')}${state}`;
}

function addWhy(batch: Command, context: CommandContext): void {
  const command = batch
    .command('why <runId>')
    .description('why a run is not running, or runs no faster: what you can do the most about comes first');
  withCommonOptions(command).action(async (runId: string, options: CommonOptions) => {
    const { reasons } = await context.client(options.url).whyRun(runId);
    for (const { code, message } of reasons) context.terminal.line(`${code}: ${message}`);
  });
}

/** Management takes it as UTC or with an offset. */
function asTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a time such as 2026-12-01T06:00:00+01:00.');
  return time.toISOString();
}

function addCancel(batch: Command, context: CommandContext): void {
  const command = batch
    .command('cancel <runId>')
    .description('start nothing more of a run; what is under way comes to its end')
    .option('--now', 'end also what is under way');
  withCommonOptions(command).action(async (runId: string, options: CommonOptions & { now?: boolean }) => {
    const client = context.client(options.url);
    await (options.now ? client.terminateRun(runId) : client.cancelRun(runId));
    context.terminal.line(`Run ${runId} is being ${options.now ? 'terminated' : 'cancelled'}.`);
  });
}

function labelOf(file: string): string {
  return file === '-' ? 'stdin' : basename(file);
}

async function itemsOf(file: string): Promise<Readable> {
  if (file === '-') return process.stdin;
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile()) throw new UsageError(`${file} is not a file`);
  return createReadStream(file);
}
