import type { BatchChunk, BatchRun } from '#shared/domain/batch.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import type { BlobStore } from '#shared/store/blob-store.js';
import { LineStream, type LineText } from './line-stream.js';

/** Workers take no item that is near it (`maxItemBytes`); what is longer is cut. */
const MAX_LINE_BYTES = 4 * 2 ** 20;

/**
 * Reads items' lines from a run's input, in ascending order: only the chunks that have one, and each of them once. Holds one line
 * and one piece of the file.
 */
export class InputReader {
  private chunk: BatchChunk | null = null;
  private stream: LineStream | null = null;

  constructor(
    private readonly batches: Pick<BatchStore, 'chunkOf'>,
    private readonly blobs: Pick<BlobStore, 'open'>,
    private readonly run: Pick<BatchRun, 'id' | 'inputDigest'>,
  ) {}

  /** Null when no chunk with this line was made yet. Throws `NotFoundError` when the file is gone. */
  async line(lineNumber: number): Promise<LineText | null> {
    if (!this.chunk || lineNumber >= this.chunk.firstLine + this.chunk.lineCount) {
      if (!(await this.openChunkOf(lineNumber))) return null;
    }
    return this.stream?.line(lineNumber) ?? null;
  }

  close(): void {
    this.stream?.close();
    this.stream = null;
    this.chunk = null;
  }

  private async openChunkOf(lineNumber: number): Promise<boolean> {
    this.close();
    const chunk = await this.batches.chunkOf(this.run.id, lineNumber);
    if (!chunk) return false;
    const content = await this.blobs.open(this.run.inputDigest, {
      start: chunk.byteStart,
      end: chunk.byteEnd,
    });
    this.stream = new LineStream(content, chunk.firstLine, MAX_LINE_BYTES);
    this.chunk = chunk;
    return true;
  }
}
