import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { TooLargeError } from '../../domain/errors.js';
import type { StoredBlob } from '../blob-store.js';

/**
 * Writes a stream to a file and digests it on the way, with no more of it in memory than one chunk.
 * Throws `TooLargeError` as soon as it is longer than the limit; the stream is destroyed then, and on every other failure.
 */
export async function copyToFile(
  content: Readable,
  file: FileHandle,
  limit: { readonly bytes: number; readonly what: string; readonly setting: string },
): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  // Leaving the loop by an error destroys the stream.
  for await (const chunk of content) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    sizeBytes += bytes.length;
    if (sizeBytes > limit.bytes) throw new TooLargeError(limit.what, limit.bytes, limit.setting);
    hash.update(bytes);
    await writeFully(file, bytes);
  }
  return { digest: hash.digest('hex'), sizeBytes };
}

/** One `write` may take only a part. */
async function writeFully(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, from, bytes.length - from);
    from += bytesWritten;
  }
}
