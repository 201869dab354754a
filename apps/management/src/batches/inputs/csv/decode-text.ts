import type { CsvEncoding } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';

/** The longest byte order mark. */
const MARK_BYTES = 3;

/**
 * The text of a file that comes in pieces, without its byte order mark. `latin1` is what the web calls so, `windows-1252`: the
 * bytes 80 to 9F are the euro sign and quotes there, which is what files that are said to be Latin-1 mean by them. `utf-16` is
 * little endian unless the mark says otherwise.
 * Throws `InvalidInputError` with the line at bytes that are none of the encoding: a replaced character would be another value
 * than the one that was sent.
 * @param encoding null: what a byte order mark says, or UTF-8
 */
export async function* decodedText(
  bytes: AsyncIterable<Buffer>,
  encoding: CsvEncoding | null,
): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let line = 1;
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    held = held.length > 0 ? Buffer.concat([held, piece]) : piece;
    if (decoder === null && held.length < MARK_BYTES) continue;
    decoder ??= decoderOf(held, encoding);
    const text = decode(decoder, held, line);
    held = Buffer.alloc(0);
    line += countLines(text);
    yield text;
  }
  decoder ??= decoderOf(held, encoding);
  yield decode(decoder, held, line) + endOf(decoder, line);
}

function decoderOf(start: Buffer, encoding: CsvEncoding | null): TextDecoder {
  return new TextDecoder(labelOf(start, encoding), { fatal: true });
}

function labelOf(start: Buffer, encoding: CsvEncoding | null): string {
  const isBigEndian = start[0] === 0xfe && start[1] === 0xff;
  if (encoding === 'utf-16') return isBigEndian ? 'utf-16be' : 'utf-16le';
  if (encoding !== null) return encoding;
  if (isBigEndian) return 'utf-16be';
  return start[0] === 0xff && start[1] === 0xfe ? 'utf-16le' : 'utf-8';
}

function decode(decoder: TextDecoder, bytes: Buffer, line: number): string {
  try {
    return decoder.decode(bytes, { stream: true });
  } catch {
    throw undecodable(decoder, line + linesBeforeFault(decoder, bytes));
  }
}

/** A file may end in the middle of a character. */
function endOf(decoder: TextDecoder, line: number): string {
  try {
    return decoder.decode();
  } catch {
    throw undecodable(decoder, line);
  }
}

function linesBeforeFault(decoder: TextDecoder, bytes: Buffer): number {
  const lenient = new TextDecoder(decoder.encoding).decode(bytes);
  return countLines(lenient.slice(0, Math.max(0, lenient.indexOf('\ufffd'))));
}

function undecodable(decoder: TextDecoder, line: number): InvalidInputError {
  return new InvalidInputError(
    `line ${line}: there are bytes that are no ${decoder.encoding}. Say which encoding the file has ` +
      '(encoding: utf-8, utf-16, windows-1252 or latin1). Nothing was kept.',
  );
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
