import type { CsvEncoding } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';

/** How a CSV file is written; what is left out has its default. */
export interface CsvOptions {
  /** Default: a comma. */
  readonly delimiter?: string | undefined;
  /** Doubled inside a quoted field. Default: ". */
  readonly quote?: string | undefined;
  /** Default: what a byte order mark says, or UTF-8. */
  readonly encoding?: CsvEncoding | undefined;
  /** Whether the first record names the columns. Default: yes. */
  readonly header?: boolean | undefined;
  /** Names of the columns, in place of the header's. */
  readonly columns?: readonly string[] | undefined;
}

export interface CompiledCsvOptions {
  readonly delimiter: string;
  readonly quote: string;
  readonly encoding: CsvEncoding | null;
  readonly header: boolean;
  readonly columns: readonly string[] | null;
}

const LINE_ENDS = /[\r\n]/;

/** Fills in the defaults. Throws `InvalidInputError` that names what can't be. */
export function compileCsvOptions(options: CsvOptions): CompiledCsvOptions {
  const { delimiter = ',', quote = '"', encoding = null, header = true, columns = null } = options;
  if (delimiter.length < 1 || delimiter.length > 4 || LINE_ENDS.test(delimiter)) {
    throw new InvalidInputError('delimiter: must be 1 to 4 characters, none of them a line end.');
  }
  if (quote.length !== 1 || LINE_ENDS.test(quote)) {
    throw new InvalidInputError('quote: must be one character that is no line end.');
  }
  if (delimiter.includes(quote)) {
    throw new InvalidInputError(`delimiter and quote: both have "${quote}"; they must differ.`);
  }
  if (columns !== null) checkNames(columns, 'columns');
  return { delimiter, quote, encoding, header, columns };
}

/** Throws `InvalidInputError`: two columns of one name would be one in the item. @param where named in the error */
export function checkNames(names: readonly string[], where: string): void {
  const seen = new Set<string>();
  names.forEach((name, index) => {
    if (name === '') {
      throw new InvalidInputError(`${where}: column ${index + 1} has no name. Name them all with "columns".`);
    }
    if (seen.has(name)) {
      throw new InvalidInputError(`${where}: two columns are called "${name}". Name them with "columns".`);
    }
    seen.add(name);
  });
}
