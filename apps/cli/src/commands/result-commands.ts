import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import type { BatchItem } from '../api-answers.js';
import { count } from '../terminal/figures.js';
import { tableLines } from '../terminal/table.js';
import { asCount, type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

const STATES = ['succeeded', 'failed', 'cancelled'];
const FORMATS = ['jsonl', 'csv'];
const LONGEST_RESULT = 80;

interface ItemsOptions extends CommonOptions {
  readonly state?: string;
  readonly afterLine?: number;
  readonly limit: number;
  readonly line?: number;
}

interface ExportOptions extends CommonOptions {
  readonly state?: string;
  readonly group?: string;
  readonly fromLine?: number;
  readonly toLine?: number;
  readonly format: string;
  readonly input?: boolean;
  readonly out?: string;
}

/** What became of a run's items. */
export function addResultCommands(batch: Command, context: CommandContext): void {
  addItems(batch, context);
  addExport(batch, context);
}

function addItems(batch: Command, context: CommandContext): void {
  const command = batch
    .command('items <runId>')
    .description("a page of a run's items that have an outcome, by line")
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .option('--after-line <line>', 'the page after this line', asCount)
    .option('--limit <count>', 'how many', asCount, 50)
    .option('--line <line>', 'everything known of one item, with its input, as JSON', asCount);
  withCommonOptions(command).action(async (runId: string, options: ItemsOptions) => {
    const client = context.client(options.url);
    const { terminal } = context;
    if (options.line !== undefined) {
      terminal.line(JSON.stringify(await client.runItem(runId, options.line), null, 2));
      return;
    }
    const { state, afterLine, limit } = options;
    const page = await client.runItems(runId, { state, afterLine, limit });
    const head = ['LINE', 'STATE', 'ATTEMPTS', 'MS', 'RESULT'];
    for (const line of tableLines(head, page.items.map(row))) terminal.line(line);
    if (page.nextLine !== undefined) terminal.line(`There are more: --after-line ${page.nextLine}`);
  });
}

function addExport(batch: Command, context: CommandContext): void {
  const command = batch
    .command('export <runId>')
    .description("a run's results as a file of any length")
    .addOption(new Option('--state <state>', 'only items in this state').choices(STATES))
    .option('--group <group>', 'only items of this failure group')
    .option('--from-line <line>', 'from this line on', asCount)
    .option('--to-line <line>', 'up to this line', asCount)
    .addOption(new Option('--format <format>', 'how').choices(FORMATS).default('jsonl'))
    .option('--input', "with each item's line of the input")
    .option('--out <file>', 'where to (default: stdout)');
  withCommonOptions(command).action(async (runId: string, options: ExportOptions) => {
    const { state, group, fromLine, toLine, format } = options;
    const include = options.input ? 'input' : undefined;
    const query = { state, group, fromLine, toLine, format, include };
    const content = await context.client(options.url).exportRun(runId, query);
    if (options.out === undefined) await printLines(content, context);
    else await writeWhole(content, options.out);
  });
}

async function printLines(content: Readable, { terminal }: CommandContext): Promise<void> {
  for await (const line of createInterface({ input: content, crlfDelay: Infinity })) terminal.line(line);
}

/** Under its name the file is complete: what breaks off leaves none. */
async function writeWhole(content: Readable, path: string): Promise<void> {
  const unfinished = `${path}.part`;
  try {
    await pipeline(content, createWriteStream(unfinished));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function row(item: BatchItem): string[] {
  const { lineNumber, state, attempts, durationMs, output, failure } = item;
  const result = failure ? `${failure.type}: ${failure.message}` : JSON.stringify(output);
  return [count(lineNumber), state, count(attempts), count(Math.round(durationMs)), shortened(result)];
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_RESULT ? `${line.slice(0, LONGEST_RESULT - 1)}…` : line;
}
