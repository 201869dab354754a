import type { BatchRun } from '#shared/domain/batch.js';
import { NotFoundError } from '#shared/domain/errors.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import type { BlobStore } from '#shared/store/blob-store.js';
import { InputReader } from '../inputs/input-reader.js';
import type { ExportOrder } from './export-requests.js';
import { exportedItem, exportHead } from './exported-item.js';

/** Of a page: outputs may be large, and a page is in memory. */
const PAGE_CHARACTERS = 2 ** 20;
const FIRST_PAGE_ITEMS = 100;
const MOST_PAGE_ITEMS = 1000;
const PIECE_CHARACTERS = 64 * 1024;

export interface ExportSource {
  readonly batches: Pick<BatchStore, 'listItems' | 'chunkOf'>;
  readonly blobs: Pick<BlobStore, 'open'>;
  readonly run: BatchRun;
}

/**
 * A run's items that have an outcome, as a file in pieces, by line number. One page of items and one piece of the input are in
 * memory; who stops taking pieces ends the reading.
 */
export async function* exportPieces(source: ExportSource, order: ExportOrder): AsyncGenerator<Buffer> {
  const reader = order.withInput ? new InputReader(source.batches, source.blobs, source.run) : null;
  let text = exportHead(order);
  let limit = FIRST_PAGE_ITEMS;
  try {
    for (let afterLine: number | undefined = order.afterLine; afterLine !== undefined;) {
      const page = await source.batches.listItems(source.run.id, order.filter, { limit, afterLine });
      let characters = 0;
      for (const item of page.rows) {
        const line = exportedItem(item, reader && (await inputOf(reader, item.lineNumber)), order);
        characters += line.length;
        text += line;
        if (text.length < PIECE_CHARACTERS) continue;
        yield Buffer.from(text);
        text = '';
      }
      limit = nextPageItems(page.rows.length, characters);
      afterLine = page.nextLine;
    }
    if (text !== '') yield Buffer.from(text);
  } finally {
    reader?.close();
  }
}

/** So many items that a page has about the size that it may have. */
export function nextPageItems(items: number, characters: number): number {
  if (items === 0 || characters === 0) return FIRST_PAGE_ITEMS;
  const fitting = Math.floor(PAGE_CHARACTERS / (characters / items));
  return Math.min(MOST_PAGE_ITEMS, Math.max(1, fitting));
}

/** An input that is gone takes nothing from the results. */
async function inputOf(reader: InputReader, lineNumber: number): Promise<string | null> {
  try {
    return (await reader.line(lineNumber))?.text ?? null;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
