import { InvalidInputError } from '#shared/domain/errors.js';
import { LinePieces } from './line-pieces.js';

export interface NumberRange {
  readonly from: number;
  /** The last number, if the steps meet it. */
  readonly to: number;
  /** Default: 1, or -1 when `to` is below `from`. */
  readonly step?: number | undefined;
}

/** How many items a range has. Throws `InvalidInputError` when that is none, or over the limit. @param maxItems setting maxInputItems */
export function rangeCount(range: NumberRange, maxItems: number): number {
  const { from, to } = range;
  const step = stepOf(range);
  for (const [name, value] of Object.entries({ from, to, step })) {
    if (!Number.isSafeInteger(value)) throw new InvalidInputError(`${name}: must be a whole number.`);
  }
  if (step === 0) throw new InvalidInputError('step: must not be 0.');
  const count = Math.floor((to - from) / step) + 1;
  if (count < 1) {
    throw new InvalidInputError(`step: from ${from} to ${to} there is nothing in steps of ${step}.`);
  }
  if (count <= maxItems) return count;
  throw new InvalidInputError(
    `to: the range has ${count} items, and an input at most ${maxItems} (setting maxInputItems). ` +
      'Make several ranges, or raise the setting.',
  );
}

/** `{"index":n}` for each number of the range. Throws like `rangeCount`, before the first. */
export function* rangeLines(range: NumberRange, maxItems: number): Generator<Buffer> {
  const count = rangeCount(range, maxItems);
  const step = stepOf(range);
  const pieces = new LinePieces();
  for (let made = 0; made < count; made += 1) {
    const piece = pieces.add(`{"index":${range.from + made * step}}`);
    if (piece) yield piece;
  }
  const rest = pieces.rest();
  if (rest) yield rest;
}

function stepOf({ from, to, step }: NumberRange): number {
  return step ?? (to < from ? -1 : 1);
}
