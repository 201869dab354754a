import { Injectable } from '@nestjs/common';
import type { BatchInput } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { RowSources } from '#shared/store/row-source.js';
import { BatchSettings } from '../batch-settings.js';
import { rangeCount } from '../inputs/range-lines.js';

/** What an input names and how large it may be: what only this installation knows. */
@Injectable()
export class InputChecks {
  constructor(
    private readonly blobs: BlobStore,
    private readonly rowSources: RowSources,
    private readonly settings: BatchSettings,
  ) {}

  /** Throws `InvalidInputError` that names the field: better now than at night. Databases are not asked: they may be away. */
  async check(input: BatchInput): Promise<void> {
    if (input.kind === 'sql') return naming(() => this.rowSources.mustHave(input.connection));
    if (input.kind === 'range') return naming(() => rangeCount(input, this.settings.maxInputItems));
    if (!('file' in input) || (await this.blobs.sizeBytes(input.file)) !== null) return;
    throw new InvalidInputError(
      `input.file: there is no file with the sha256 ${input.file}; upload it first.`,
    );
  }
}

/** The checks name fields of the input. */
function naming(check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw error instanceof InvalidInputError ? new InvalidInputError(`input.${error.message}`) : error;
  }
}
