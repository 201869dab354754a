import { finished, PassThrough, pipeline } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import { InvalidInputError, NightjarError } from '#shared/domain/errors.js';
import type { BlobStore, StoredBlob } from '#shared/store/blob-store.js';
import { ItemCounter } from './item-counter.js';

export interface StoredInput extends StoredBlob {
  readonly itemsTotal: number;
}

export interface InputLimits {
  readonly maxInputBytes: number;
  readonly maxInputItems: number;
}

/** Makes JSON Lines of another form. */
export type ToJsonLines = (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/**
 * Stores a run's input as it comes in and counts its items; nothing is kept of an upload that breaks off, has no items, is
 * broken or too large. The request itself is never destroyed: its client is still to read what was wrong.
 * @param convert what the body is to go through; without it, it is JSON Lines
 */
export async function storeInput(
  blobs: BlobStore,
  body: Readable,
  limits: InputLimits,
  convert?: ToJsonLines,
): Promise<StoredInput> {
  const counter = new ItemCounter(limits.maxInputItems);
  const entry = convert ? new PassThrough() : counter;
  if (convert) pipeline(entry, convert, counter, () => undefined);
  const detach = feed(body, entry);
  try {
    return await storeCounted(blobs, counter, limits);
  } finally {
    detach();
    entry.destroy();
  }
}

/** Stores what comes out of a counter, which is destroyed at the end. */
export async function storeCounted(
  blobs: BlobStore,
  counter: ItemCounter,
  limits: InputLimits,
): Promise<StoredInput> {
  // A short input can be over, and found wanting, before the store listens to anything: the reason must not get lost.
  let reason: NightjarError | undefined;
  counter.once('error', (error) => {
    if (error instanceof NightjarError) reason = error;
  });
  const limit = { bytes: limits.maxInputBytes, what: 'input file of a batch', setting: 'maxInputBytes' };
  try {
    return { ...(await blobs.put(counter, limit)), itemsTotal: counter.itemsTotal };
  } catch (error) {
    throw reason ?? error;
  } finally {
    counter.destroy();
  }
}

/** Like `pipe`, but a body that breaks off breaks what it goes into too, so that the store drops what it has. */
function feed(body: Readable, into: Writable): () => void {
  const stopWatching = finished(body, { writable: false }, (error) => {
    if (!error) return;
    const { message } = error;
    into.destroy(
      new InvalidInputError(`The upload broke off (${message}): nothing was kept, send it again.`),
    );
  });
  body.pipe(into);
  return () => {
    stopWatching();
    body.unpipe(into);
  };
}
