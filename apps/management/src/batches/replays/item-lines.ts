import { LineScanner } from '#shared/domain/line-scanner.js';

/** The numbers of the lines that are items, some at a time. */
export async function* itemLines(content: AsyncIterable<Buffer>): AsyncGenerator<readonly number[]> {
  let items: number[] = [];
  let line = 0;
  const scanner = new LineScanner((_, isBlank) => {
    line += 1;
    if (!isBlank) items.push(line);
    return true;
  });
  for await (const piece of content) {
    scanner.feed(piece);
    yield items;
    items = [];
  }
  scanner.end();
  yield items;
}
