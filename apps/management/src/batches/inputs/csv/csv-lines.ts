import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { InvalidInputError } from '#shared/domain/errors.js';
import { LinePieces } from '../line-pieces.js';
import { checkNames, compileCsvOptions, type CompiledCsvOptions, type CsvOptions } from './csv-options.js';
import { decodedText } from './decode-text.js';

/** A quote that is never closed must not gather the rest of the file in memory. */
const MAX_RECORD_CHARACTERS = 16 * 2 ** 20;
const LINE_ENDS = ['\r\n', '\n', '\r'];

/** One record as JSON. */
type WriteRecord = (record: readonly string[]) => string;

/**
 * A CSV file (RFC 4180) as JSON Lines: each record an object by the names of the columns, or an array where there are none.
 * Values stay the text that they are. Empty lines are no records. With nothing of it in memory but a piece.
 * Throws `InvalidInputError` with the line of a record that is broken, or has another number of fields than the first one.
 */
export async function* csvToJsonLines(
  bytes: AsyncIterable<Buffer>,
  options: CsvOptions,
): AsyncGenerator<Buffer> {
  const compiled = compileCsvOptions(options);
  const pieces = new LinePieces();
  let write: WriteRecord | null = null;
  for await (const record of recordsOf(bytes, compiled)) {
    if (write === null) {
      write = writerOf(record, compiled);
      if (compiled.header) continue;
    }
    const piece = pieces.add(write(record));
    if (piece) yield piece;
  }
  const rest = pieces.rest();
  if (rest) yield rest;
}

async function* recordsOf(
  bytes: AsyncIterable<Buffer>,
  { delimiter, quote, encoding }: CompiledCsvOptions,
): AsyncGenerator<readonly string[]> {
  const parser = parse({
    delimiter,
    quote,
    escape: quote,
    record_delimiter: LINE_ENDS,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  // What goes wrong ahead of the parser comes out of it.
  pipeline(Readable.from(decodedText(bytes, encoding), { objectMode: true }), parser, () => undefined);
  try {
    yield* parser as AsyncIterable<string[]>;
  } catch (error) {
    throw error instanceof CsvError ? brokenRecord(error) : error;
  }
}

/** @param first the first record of the file */
function writerOf(first: readonly string[], { header, columns }: CompiledCsvOptions): WriteRecord {
  if (columns !== null && columns.length !== first.length) {
    throw new InvalidInputError(
      `columns: there are ${columns.length} names, and the first record has ${first.length} fields.`,
    );
  }
  if (header && columns === null) checkHeader(first);
  const names = columns ?? (header ? first : null);
  return names === null ? (record) => JSON.stringify(record) : objectWriter(names);
}

function checkHeader(first: readonly string[]): void {
  const [only = ''] = first;
  if (/^sep=/i.test(only)) {
    throw new InvalidInputError(
      'line 1: "sep=" is a note to Excel: take the line out, and say the delimiter.',
    );
  }
  const other = first.length === 1 ? /[;\t|]/.exec(only)?.[0] : undefined;
  // Otherwise a million items would each be one field, and nobody would be told.
  if (other !== undefined) {
    throw new InvalidInputError(
      `line 1: there is one column, "${only.slice(0, 100)}". Say delimiter ${JSON.stringify(other)}, or name it with "columns".`,
    );
  }
  checkNames(first, 'line 1');
}

/** Written by hand, so that a column may be called `__proto__`, and numbers as names keep their order. */
function objectWriter(names: readonly string[]): WriteRecord {
  const heads = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return (record) => {
    let text = '';
    for (let index = 0; index < heads.length; index += 1) {
      text += `${heads[index]}${JSON.stringify(record[index])}`;
    }
    return `${text}}`;
  };
}

function brokenRecord(error: CsvError): InvalidInputError {
  const line = Number(error['lines']);
  return new InvalidInputError(
    `line ${line}: ${inWords(error)} Nothing was kept: mend the file, send it again.`,
  );
}

/** The parser's codes: https://csv.js.org/parse/errors/ */
function inWords(error: CsvError): string {
  switch (error.code as string) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return `the record has ${Number(error['column'])} fields, and the first one of the file another number.`;
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'the file ends here inside a quoted field: a quote before this is never closed.';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'after a closing quote comes neither a delimiter nor the end of the record (inside a field quotes are doubled).';
    case 'INVALID_OPENING_QUOTE':
      return 'there is a quote inside a field that did not begin with one (quote the whole field, or say another quote).';
    case 'CSV_MAX_RECORD_SIZE':
      return `the record is longer than ${MAX_RECORD_CHARACTERS} characters: is a quote never closed?`;
    default:
      return `${error.message}.`;
  }
}
