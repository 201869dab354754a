import type { Readable } from 'node:stream';
import type { ChunkCursor } from '#shared/domain/batch.js';
import { LineScanner } from '#shared/domain/line-scanner.js';

export interface ChunkLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** Whole lines from a cursor on. */
export interface ScannedChunk {
  readonly byteStart: number;
  /** The byte after the last line's newline. */
  readonly byteEnd: number;
  readonly firstLine: number;
  readonly lineCount: number;
  /** Non-blank lines. */
  readonly itemCount: number;
}

/**
 * Reads whole lines from the cursor on until a chunk is full, and no further than it must. Blank lines after the last item
 * belong to it, so that none is left over at a file's end. Holds one piece of the file at a time; a line longer than a chunk
 * is passed over piece by piece and becomes a chunk of its own.
 * @param content the file from the cursor's byte on; it is destroyed
 * @returns null when nothing follows the cursor
 */
export async function scanChunk(
  content: Readable,
  cursor: ChunkCursor,
  limits: ChunkLimits,
): Promise<ScannedChunk | null> {
  const taken = { bytes: 0, lines: 0, items: 0 };
  const scanner = new LineScanner((endOffset, isBlank) => {
    if (!isBlank && taken.items >= limits.maxItems) return false;
    if (taken.lines > 0 && endOffset > limits.maxBytes) return false;
    taken.bytes = endOffset;
    taken.lines += 1;
    if (!isBlank) taken.items += 1;
    return true;
  });
  await feedAll(
    content,
    scanner,
    (openBytes) => taken.lines > 0 && taken.bytes + openBytes > limits.maxBytes,
  );
  if (taken.lines === 0) return null;
  return {
    byteStart: cursor.byteOffset,
    byteEnd: cursor.byteOffset + taken.bytes,
    firstLine: cursor.lineNumber,
    lineCount: taken.lines,
    itemCount: taken.items,
  };
}

/** @param isFull asked between pieces: the line under way is too long to join what was taken, whatever follows */
async function feedAll(
  content: Readable,
  scanner: LineScanner,
  isFull: (openLineBytes: number) => boolean,
): Promise<void> {
  for await (const piece of content as AsyncIterable<Buffer>) {
    if (!scanner.feed(piece) || isFull(scanner.openLineBytes)) return;
  }
  scanner.end();
}

/** Where the next chunk begins. */
export function cursorAfter(chunk: ScannedChunk): ChunkCursor {
  return { byteOffset: chunk.byteEnd, lineNumber: chunk.firstLine + chunk.lineCount };
}

/** The line numbers of a chunk's items. @param content the chunk's bytes; it is destroyed */
export async function itemLines(content: Readable, firstLine: number): Promise<readonly number[]> {
  const lines: number[] = [];
  let line = firstLine;
  const scanner = new LineScanner((_, isBlank) => {
    if (!isBlank) lines.push(line);
    line += 1;
    return true;
  });
  await feedAll(content, scanner, () => false);
  return lines;
}
