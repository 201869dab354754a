import { finished } from 'node:stream';
import type { Readable } from 'node:stream';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { BlobStore, StoredBlob } from '#shared/store/blob-store.js';
import { ItemCounter } from './item-counter.js';

export interface UploadedInput extends StoredBlob {
  readonly itemsTotal: number;
}

/**
 * Stores a run's input as it comes in and counts its items; nothing is kept of an upload that breaks off, has no items or is
 * too large. The request itself is never destroyed: its client is still to read what was wrong.
 */
export async function storeInput(
  blobs: BlobStore,
  body: Readable,
  limitBytes: number,
): Promise<UploadedInput> {
  const counter = new ItemCounter();
  // A short body can be over, and found wanting, before the store listens to anything: the reason must not get lost.
  let reason: InvalidInputError | undefined;
  counter.once('error', (error) => {
    if (error instanceof InvalidInputError) reason = error;
  });
  const detach = feed(body, counter);
  try {
    const limit = { bytes: limitBytes, what: 'input file of a batch', setting: 'maxInputBytes' };
    return { ...(await blobs.put(counter, limit)), itemsTotal: counter.itemsTotal };
  } catch (error) {
    throw reason ?? error;
  } finally {
    detach();
    counter.destroy();
  }
}

/** Like `pipe`, but a body that breaks off breaks the counter too, so that the store drops what it has. */
function feed(body: Readable, counter: ItemCounter): () => void {
  const stopWatching = finished(body, { writable: false }, (error) => {
    if (!error) return;
    const { message } = error;
    counter.destroy(
      new InvalidInputError(`The upload broke off (${message}): nothing was kept, send it again.`),
    );
  });
  body.pipe(counter);
  return () => {
    stopWatching();
    body.unpipe(counter);
  };
}
