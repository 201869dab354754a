import { LinePieces } from './line-pieces.js';

/** Values as JSON Lines, in pieces. */
export async function* jsonLines(values: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  const pieces = new LinePieces();
  for await (const value of values) {
    const piece = pieces.add(JSON.stringify(value));
    if (piece) yield piece;
  }
  const rest = pieces.rest();
  if (rest) yield rest;
}
