import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { JSON_LINES, type UploadForm } from '../api-requests.js';

const ENCODINGS = ['utf-8', 'utf-16', 'windows-1252', 'latin1'];

/** How a CSV file is to be read. */
export interface CsvFlags {
  readonly csv?: boolean;
  readonly delimiter?: string;
  readonly quote?: string;
  readonly encoding?: string;
  /** False with `--no-header`. */
  readonly header: boolean;
  readonly columns?: string;
}

export function withCsvOptions(command: Command): Command {
  return command
    .option('--csv', 'the file is CSV (default: when its name ends in .csv)')
    .option('--delimiter <text>', 'CSV: what stands between fields ("\\t": a tab; default: a comma)')
    .option('--quote <character>', 'CSV: what stands around fields (default: ")')
    .addOption(new Option('--encoding <encoding>', 'CSV: default: utf-8').choices(ENCODINGS))
    .option('--no-header', 'CSV: the first record is an item too')
    .option('--columns <names>', 'CSV: names of the columns, separated by commas');
}

/** What management is to be told of the file. */
export function uploadForm(file: string, flags: CsvFlags): UploadForm {
  const { csv = extname(file).toLowerCase() === '.csv', delimiter, quote, encoding, columns } = flags;
  const header = flags.header ? undefined : 'false';
  const query = { delimiter, quote, encoding, header, columns };
  return { contentType: csv ? 'text/csv' : JSON_LINES.contentType, query };
}
