import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { InputStore } from '#shared/store/input-store.js';
import type { StoredInput } from '../inputs/input-upload.js';
import { itemLines } from '../replays/item-lines.js';
import { pickLines } from '../replays/pick-lines.js';

/** Lines whose outcomes are asked for at once. */
const WINDOW = 10_000;

/**
 * The input of a run that goes on with another one: its lines that have no outcome, the others blank. So an item is the same line in the
 * whole chain, as in replays.
 */
@Injectable()
export class LeftItems {
  constructor(
    private readonly batches: BatchStore,
    private readonly blobs: BlobStore,
    private readonly inputs: InputStore,
  ) {}

  /** Null when nothing is left. Throws `NotFoundError` when the input is gone. */
  async inputOf(run: BatchRun): Promise<StoredInput | null> {
    const lines = await this.linesOf(run);
    if (lines.length === 0) return null;
    const content = await this.blobs.open(run.inputDigest);
    // No line is longer than it was: the file that was let in once is the limit.
    const limit = { bytes: run.inputSizeBytes, what: 'input that is carried over', setting: 'maxInputBytes' };
    const picked = Readable.from(pickLines(content as AsyncIterable<Buffer>, lines), { objectMode: false });
    try {
      const stored = await this.blobs.put(picked, limit);
      await this.inputs.noteFile(stored);
      return { ...stored, itemsTotal: lines.length };
    } finally {
      content.destroy();
    }
  }

  private async linesOf(run: BatchRun): Promise<readonly number[]> {
    const left: number[] = [];
    let finished: ReadonlySet<number> = new Set();
    let knownUntil = 0;
    const content = await this.blobs.open(run.inputDigest);
    for await (const items of itemLines(content as AsyncIterable<Buffer>)) {
      for (const line of items) {
        if (line > knownUntil) {
          finished = await this.batches.finishedLines(run.id, line, WINDOW);
          knownUntil = line + WINDOW - 1;
        }
        if (!finished.has(line)) left.push(line);
      }
    }
    return left;
  }
}
