import { Injectable, Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { NotFoundError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { BatchSettings } from './batch-settings.js';
import { cursorAfter, scanChunk } from './chunk-scan.js';
import type { ScannedChunk } from './chunk-scan.js';
import type { Allowance } from './turns/allowance.js';
import { inputMissing } from './input-missing.js';

/** Makes the next chunk of a run: reads its lines' ends, writes it, enqueues it. */
@Injectable()
export class ChunkOpener {
  private readonly logger = new Logger(ChunkOpener.name);

  constructor(
    private readonly settings: BatchSettings,
    private readonly batches: BatchStore,
    private readonly blobs: BlobStore,
    private readonly dispatcher: Dispatcher,
  ) {}

  /**
   * Returns the run with its cursor moved on; null when the run takes no chunk from here: another instance was first, it is
   * being cancelled, it failed because its input is gone, or others have used up the limit that it shares with them.
   */
  async openNext(run: BatchRun, maxItems: number, allowance: Allowance): Promise<BatchRun | null> {
    const scanned = await this.scan(run, maxItems);
    if (!scanned) {
      this.logger.warn({ runId: run.id, inputDigest: run.inputDigest }, 'A run failed: its input is gone.');
      await this.batches.failRun(run.id, inputMissing(run.inputDigest));
      return null;
    }
    const limitKey = run.settings?.concurrencyLimit?.key;
    const chunk = { id: newId(), ...scanned, ...allowance, limitKey };
    const cursor = cursorAfter(scanned);
    if (!(await this.batches.openChunk(run.id, run.cursor, chunk, cursor))) return null;
    await this.dispatcher.dispatchChunk(run, chunk);
    return { ...run, state: 'running', cursor };
  }

  /** Null when there is nothing to read where the run says that there is. */
  private async scan(run: BatchRun, maxItems: number): Promise<ScannedChunk | null> {
    const range = { start: run.cursor.byteOffset, end: run.inputSizeBytes };
    try {
      const content = await this.blobs.open(run.inputDigest, range);
      return await scanChunk(content, run.cursor, { maxItems, maxBytes: this.settings.maxChunkBytes });
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }
}
