import { InvalidInputError } from '#shared/domain/errors.js';
import { GuardedPattern } from './guarded-pattern.js';

/** What a parameter's value must be, as ASP.NET defines it: `{id:int:min(1)}`. */
export interface RouteConstraint {
  /** As written; two constraints are the same when their texts are. */
  readonly text: string;
  accepts(value: string): boolean;
}

type Test = (value: string) => boolean;
type Maker = (args: readonly string[], text: string) => Test;

const INT32_MAX = 2n ** 31n - 1n;
const INT64_MAX = 2n ** 63n - 1n;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const NUMBER_WITH_EXPONENT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const GUID = /^(?:[0-9a-f]{32}|\{[0-9a-f-]{36}\}|\([0-9a-f-]{36}\)|[0-9a-f-]{36})$/i;
const GUID_GROUPS = /^[{(]?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?$/i;
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/i;

const MAKERS: Readonly<Record<string, Maker>> = {
  int: plain((value) => isWithin(value, -INT32_MAX - 1n, INT32_MAX)),
  long: plain((value) => isWithin(value, -INT64_MAX - 1n, INT64_MAX)),
  bool: plain((value) => /^(true|false)$/i.test(value)),
  datetime: plain(isDateTime),
  decimal: plain((value) => NUMBER.test(value)),
  double: plain((value) => NUMBER_WITH_EXPONENT.test(value)),
  float: plain((value) => NUMBER_WITH_EXPONENT.test(value)),
  guid: plain((value) => GUID.test(value) && GUID_GROUPS.test(value)),
  alpha: plain((value) => /^[a-z]*$/i.test(value)),
  required: plain((value) => value !== ''),
  minlength: withWholes(
    1,
    ([least = 0n]) =>
      (value) =>
        value.length >= least,
  ),
  maxlength: withWholes(
    1,
    ([most = 0n]) =>
      (value) =>
        value.length <= most,
  ),
  length: withLengths,
  min: withWholes(
    1,
    ([least = 0n]) =>
      (value) =>
        isWithin(value, least, INT64_MAX),
  ),
  max: withWholes(
    1,
    ([most = 0n]) =>
      (value) =>
        isWithin(value, -INT64_MAX - 1n, most),
  ),
  range: withWholes(
    2,
    ([least = 0n, most = 0n]) =>
      (value) =>
        isWithin(value, least, most),
  ),
};

/** @param args the text in the parentheses; undefined without them. Throws `InvalidInputError`. */
export function makeConstraint(name: string, args: string | undefined): RouteConstraint {
  const text = args === undefined ? name : `${name}(${args})`;
  const kind = name.toLowerCase();
  if (kind === 'regex') {
    const pattern = new GuardedPattern(args ?? '');
    return { text, accepts: (value) => pattern.test(value) };
  }
  const maker = MAKERS[kind];
  if (!maker) {
    const known = [...Object.keys(MAKERS), 'regex'].join(', ');
    throw new InvalidInputError(`"${name}" is not a route constraint; there are ${known}`);
  }
  const parts = args === undefined ? [] : args.split(',').map((part) => part.trim());
  return { text: text.toLowerCase(), accepts: maker(parts, text) };
}

function plain(test: Test): Maker {
  return (args, text) => {
    if (args.length > 0) throw new InvalidInputError(`"${text}" must have no arguments`);
    return test;
  };
}

function withWholes(count: number, make: (numbers: readonly bigint[]) => Test): Maker {
  return (args, text) => {
    if (args.length !== count || !args.every((arg) => /^-?\d{1,19}$/.test(arg))) {
      throw new InvalidInputError(
        `"${text}" must have ${count === 1 ? 'a whole number' : 'two whole numbers'}`,
      );
    }
    return make(args.map(BigInt));
  };
}

/** `length(8)` or `length(4,8)`. */
function withLengths(args: readonly string[], text: string): Test {
  return withWholes(args.length === 2 ? 2 : 1, ([least = 0n, most = least]) => {
    return (value) => value.length >= least && value.length <= most;
  })(args, text);
}

function isWithin(value: string, least: bigint, most: bigint): boolean {
  if (!/^[+-]?\d{1,19}$/.test(value)) return false;
  const number = BigInt(value.replace('+', ''));
  return number >= least && number <= most;
}

/** ISO 8601 only: .NET takes the formats of every culture's habits too, which no two machines agree about. */
function isDateTime(value: string): boolean {
  const [, year, month, day] = DATE_TIME.exec(value) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
