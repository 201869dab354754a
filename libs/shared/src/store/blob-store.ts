import type { Readable } from 'node:stream';

export interface StoredBlob {
  /** Lower-case hexadecimal sha256 of the content. */
  readonly digest: string;
  readonly sizeBytes: number;
}

export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** The byte after the last. */
  readonly end: number;
}

/** Immutable files, named by their content. */
export abstract class BlobStore {
  /**
   * Stores a stream; the same content twice is one file. Nothing stays of a stream that fails or is too long.
   * Throws `TooLargeError` past `limitBytes`.
   */
  abstract put(
    content: Readable,
    limit: { readonly bytes: number; readonly what: string; readonly setting: string },
  ): Promise<StoredBlob>;
  /** Throws `NotFoundError`. */
  abstract open(digest: string, range?: ByteRange): Promise<Readable>;
  /** Null when there is no such blob. */
  abstract sizeBytes(digest: string): Promise<number | null>;
  /** Says that a blob is in use now, so that `removeUnused` leaves it; its length, or null when there is no such blob. */
  abstract touch(digest: string): Promise<number | null>;
  /** Removes a blob unless it was stored or touched within so many seconds; true when there is none any more. */
  abstract removeUnused(digest: string, unusedForSeconds: number): Promise<boolean>;
  /** A path on this machine, for readers that need a seekable file. Throws `NotFoundError`. */
  abstract localPath(digest: string): Promise<string>;
}
