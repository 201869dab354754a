import { pipeline, Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { BlobStore } from '#shared/store/blob-store.js';
import { InputStore } from '#shared/store/input-store.js';
import { BatchSettings } from '../batch-settings.js';
import { storeCounted, storeInput, type StoredInput, type ToJsonLines } from './input-upload.js';
import { ItemCounter } from './item-counter.js';

/** Follows how many items there are so far. */
export type WatchItems = (counter: { readonly itemsTotal: number }) => void;

export interface LineOptions {
  readonly signal?: AbortSignal | undefined;
  readonly watch?: WatchItems | undefined;
  /** No line at all is right, too. */
  readonly mayBeEmpty?: boolean | undefined;
}

/** Inputs as content-addressed files. Each is noted as in use, so that it is not removed before a run refers to it. */
@Injectable()
export class InputFiles {
  constructor(
    private readonly settings: BatchSettings,
    private readonly blobs: BlobStore,
    private readonly inputs: InputStore,
  ) {}

  /** See `storeInput`. */
  async storeUpload(body: Readable, convert?: ToJsonLines): Promise<StoredInput> {
    const stored = await storeInput(this.blobs, body, this.settings, convert);
    await this.inputs.noteFile(stored);
    return stored;
  }

  /** Stores JSON Lines that come in pieces. Nothing is kept when they fail, are none or too many, or the signal aborts. */
  async storeLines(
    pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
    { signal, watch, mayBeEmpty }: LineOptions = {},
  ): Promise<StoredInput> {
    const counter = new ItemCounter(this.settings.maxInputItems, mayBeEmpty);
    watch?.(counter);
    // A few pieces ahead: each is large.
    const source = Readable.from(pieces, { objectMode: true, highWaterMark: 2 });
    pipeline(source, counter, () => undefined);
    const abort = (): void => void counter.destroy(asError(signal?.reason));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      if (signal?.aborted) abort();
      const stored = await storeCounted(this.blobs, counter, this.settings);
      await this.inputs.noteFile(stored);
      return stored;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
