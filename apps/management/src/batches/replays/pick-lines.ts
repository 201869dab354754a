const NEWLINE = Buffer.from('\n');

/**
 * A file with only some of its lines: the others become empty, so that each line keeps its number. It ends with the last one wanted.
 * Holds one piece of the file at a time; lines are passed on as they are, whatever stands in them.
 * @param wanted line numbers from 1, ascending
 */
export async function* pickLines(
  content: AsyncIterable<Buffer>,
  wanted: readonly number[],
): AsyncGenerator<Buffer> {
  let line = 1;
  let next = 0;
  for await (const piece of content) {
    const parts: Buffer[] = [];
    for (let from = 0; from < piece.length && next < wanted.length;) {
      const isWanted = wanted[next] === line;
      const newline = piece.indexOf(NEWLINE, from);
      const end = newline < 0 ? piece.length : newline + 1;
      if (isWanted) parts.push(piece.subarray(from, end));
      else if (newline >= 0) parts.push(NEWLINE);
      from = end;
      if (newline < 0) continue;
      line += 1;
      if (isWanted) next += 1;
    }
    if (parts.length > 0) yield Buffer.concat(parts);
    if (next >= wanted.length) return;
  }
}
