import { Injectable } from '@nestjs/common';
import type { BatchInput } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { BlobStore } from '#shared/store/blob-store.js';

/** The files that inputs name by their sha256. */
@Injectable()
export class NamedFiles {
  constructor(private readonly blobs: BlobStore) {}

  /** Throws `InvalidInputError` when an input names a file that was never uploaded. */
  async check(input: BatchInput): Promise<void> {
    if (!('file' in input) || (await this.blobs.sizeBytes(input.file)) !== null) return;
    throw new InvalidInputError(
      `input.file: there is no file with the sha256 ${input.file}; upload it first.`,
    );
  }
}
