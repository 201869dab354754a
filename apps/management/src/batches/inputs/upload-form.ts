import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { z } from 'zod';
import { CSV_ENCODINGS, type CsvEncoding } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { csvToJsonLines } from './csv/csv-lines.js';
import { compileCsvOptions, type CsvOptions } from './csv/csv-options.js';
import type { ToJsonLines } from './input-upload.js';

const CSV_TYPES: ReadonlySet<string> = new Set(['text/csv', 'application/csv', 'text/tab-separated-values']);

/** How a CSV file is to be read; for `text/csv` only. */
export const csvQueryShape = {
  delimiter: z
    .string()
    .optional()
    .describe('Of CSV: what stands between fields; "\\t" for tabs. Default: a comma.'),
  quote: z.string().optional().describe('Of CSV: what stands around fields. Default: ".'),
  encoding: z
    .enum(CSV_ENCODINGS, `must be one of ${CSV_ENCODINGS.join(', ')}`)
    .optional()
    .describe('Of CSV. Default: the charset of the content type, a byte order mark, or UTF-8.'),
  header: z
    .stringbool('must be true or false')
    .optional()
    .describe('Of CSV: whether the first record names the columns. Default: true.'),
  columns: z
    .string()
    .optional()
    .describe('Of CSV: names of the columns, separated by commas, in place of the header.'),
};

export interface CsvQuery {
  readonly delimiter?: string | undefined;
  readonly quote?: string | undefined;
  readonly encoding?: CsvEncoding | undefined;
  readonly header?: boolean | undefined;
  readonly columns?: string | undefined;
}

/**
 * What an upload goes through to become JSON Lines; nothing when it is some, whatever its type is said to be.
 * Throws `InvalidInputError` for options that can't be, before anything is read.
 */
export function uploadForm(contentType: string | undefined, query: CsvQuery): ToJsonLines | undefined {
  const type = mimeType(contentType);
  if (!type || !CSV_TYPES.has(type.essence)) {
    const given = Object.entries(query).find(([, value]) => value !== undefined)?.[0];
    if (given === undefined) return undefined;
    throw new InvalidInputError(`${given}: is for CSV; send the file as Content-Type: text/csv.`);
  }
  const options = csvOptions(type, query);
  compileCsvOptions(options);
  return (bytes) => csvToJsonLines(bytes, options);
}

/** As the client sent it: a route that streams its body has hidden it from Fastify. */
export function sentContentType({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): string | undefined {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  return at < 0 ? undefined : rawHeaders[at + 1];
}

function csvOptions(type: MIMEType, { columns, delimiter, ...query }: CsvQuery): CsvOptions {
  const usual = type.essence === 'text/tab-separated-values' ? '\t' : undefined;
  return {
    ...query,
    delimiter: delimiter === undefined ? usual : delimiter.replaceAll('\\t', '\t'),
    encoding: query.encoding ?? encodingOf(type),
    // RFC 4180, 3.
    header: query.header ?? (type.params.get('header') === 'absent' ? false : undefined),
    columns: columns?.split(',').map((name) => name.trim()),
  };
}

function encodingOf(type: MIMEType): CsvEncoding | undefined {
  const charset = type.params.get('charset')?.toLowerCase();
  if (charset === undefined) return undefined;
  const encoding = charset === 'iso-8859-1' ? 'latin1' : charset;
  const known = CSV_ENCODINGS.find((one) => one === encoding);
  if (known || encoding === 'us-ascii') return known ?? 'utf-8';
  throw new InvalidInputError(
    `charset: "${charset}" is not known; it must be one of ${CSV_ENCODINGS.join(', ')}. Or say encoding.`,
  );
}

function mimeType(contentType: string | undefined): MIMEType | null {
  try {
    return contentType === undefined ? null : new MIMEType(contentType);
  } catch {
    return null;
  }
}
