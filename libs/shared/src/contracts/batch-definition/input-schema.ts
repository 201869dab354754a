import { z } from 'zod';
import { CSV_ENCODINGS } from '../../domain/batch-definition.js';
import { between, definedName, fields, flag, list, oneOf, text } from './fields.js';

const LONGEST_QUERY = 100_000;
const MOST_COLUMNS = 1000;
const MOST_PARAMETERS = 100;

const kind = <Kind extends string>(name: Kind) => z.literal(name);

const fileRule = 'must be the sha256 of an uploaded file: 64 hexadecimal digits in lower case';
const file = z.string(fileRule).regex(/^[0-9a-f]{64}$/, fileRule);

const number = between(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'a safe integer');

const delimiterRule = 'must be 1 to 4 characters, none of them a line end';
const quoteRule = 'must be one character that is no line end';

const PARAMETER_NAME = /^[A-Za-z_]\w{0,127}$/;

const parameters = z
  .record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.null()], 'must be text, a number, true, false or null'),
    'must be an object of parameters by name',
  )
  .superRefine((all, context) => {
    const names = Object.keys(all);
    const message =
      names.length > MOST_PARAMETERS
        ? `must be at most ${MOST_PARAMETERS} parameters`
        : names.some((name) => !PARAMETER_NAME.test(name))
          ? 'must have names of letters, digits and _, 128 characters at most, without a digit in front'
          : null;
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

const KINDS = {
  jsonLines: fields({ kind: kind('jsonLines'), file }),
  csv: fields({
    kind: kind('csv'),
    file,
    delimiter: z
      .string(delimiterRule)
      .regex(/^[^\r\n]{1,4}$/, delimiterRule)
      .optional(),
    quote: z
      .string(quoteRule)
      .regex(/^[^\r\n]$/, quoteRule)
      .optional(),
    encoding: oneOf(CSV_ENCODINGS).optional(),
    header: flag.optional(),
    columns: list(text(1, 255), 1, MOST_COLUMNS).optional(),
  }),
  range: fields({
    kind: kind('range'),
    from: number,
    to: number,
    step: number.refine((step) => step !== 0, 'must not be 0').optional(),
  }),
  sql: fields({
    kind: kind('sql'),
    connection: definedName,
    query: text(1, LONGEST_QUERY),
    parameters: parameters.optional(),
  }),
  results: fields({
    kind: kind('results'),
    batch: definedName,
    app: text(1, 60).toLowerCase().optional(),
    state: oneOf(['succeeded', 'failed']).optional(),
  }),
  none: fields({ kind: kind('none') }),
};

/** Where a batch's items come from. What belongs to another kind is refused with the names of what this one has. */
export const batchInputSchema = z.discriminatedUnion(
  'kind',
  [KINDS.jsonLines, KINDS.csv, KINDS.range, KINDS.sql, KINDS.results, KINDS.none],
  `must be an object whose kind is one of ${Object.keys(KINDS).join(', ')}`,
);
