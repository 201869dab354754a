import { addAbortSignal, finished, PassThrough, type Readable } from 'node:stream';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { BlobStore, StoredBlob } from '#shared/store/blob-store.js';

export interface UploadLimits {
  readonly maxPackageBytes: number;
  readonly uploadTimeoutSeconds: number;
}

/**
 * Streams a package into the store as it comes in; nothing is kept of one that breaks off, takes too long or is too large.
 * The body itself is never destroyed: its client is still to read what was wrong.
 * Throws `TooLargeError` and `InvalidInputError`.
 */
export async function storePackage(
  blobs: BlobStore,
  body: Readable,
  limits: UploadLimits,
): Promise<StoredBlob> {
  const { maxPackageBytes, uploadTimeoutSeconds } = limits;
  const content = new PassThrough();
  const timeout = AbortSignal.timeout(uploadTimeoutSeconds * 1000);
  addAbortSignal(timeout, content);
  const stopWatching = finished(body, { writable: false }, (error) => {
    if (error) content.destroy(brokenOff(error));
  });
  body.pipe(content);
  try {
    const limit = { bytes: maxPackageBytes, what: 'package', setting: 'maxPackageBytes' };
    return await blobs.put(content, limit);
  } catch (error) {
    throw timeout.aborted ? tooSlow(uploadTimeoutSeconds) : error;
  } finally {
    stopWatching();
    body.unpipe(content);
    content.destroy();
  }
}

function brokenOff(error: Error): InvalidInputError {
  return new InvalidInputError(`The upload broke off (${error.message}): nothing was kept, send it again.`);
}

function tooSlow(seconds: number): InvalidInputError {
  return new InvalidInputError(
    `The upload took longer than ${seconds} seconds (setting uploadTimeoutSeconds).`,
  );
}
