import { Injectable } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import type { BatchInput } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { LineScanner } from '#shared/domain/line-scanner.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { DeadLetterStore } from '#shared/store/dead-letter-store.js';
import { type Row, type RowParameters, RowSources } from '#shared/store/row-source.js';
import { BatchSettings } from '../batch-settings.js';
import { csvToJsonLines } from './csv/csv-lines.js';
import { InputFiles, type WatchItems } from './input-files.js';
import type { StoredInput } from './input-upload.js';
import { jsonLines } from './json-lines.js';
import { rangeLines } from './range-lines.js';
import { resultValues, type ResultState } from './result-values.js';
import { runParameters } from './run-parameters.js';
import { timerLine } from './timer-line.js';

type InputOf<Kind extends BatchInput['kind']> = Extract<BatchInput, { kind: Kind }>;

/**
 * A night without new bills, or without anything that failed, is a good night: its run has nothing to do, and has succeeded. A file
 * without items is the wrong file.
 */
const MAY_BE_EMPTY: ReadonlySet<BatchInput['kind']> = new Set(['sql', 'results']);

/** What an input is made for. */
export interface InputContext {
  readonly run: BatchRun;
  readonly signal: AbortSignal;
  readonly watch: WatchItems;
}

/** Makes a content-addressed JSON Lines file of every kind of input, with no more of it in memory than a few pieces. */
@Injectable()
export class InputMaker {
  constructor(
    private readonly settings: BatchSettings,
    private readonly files: InputFiles,
    private readonly blobs: BlobStore,
    private readonly batches: BatchStore,
    private readonly catalogue: CatalogueStore,
    private readonly rowSources: RowSources,
    private readonly deadLetters: DeadLetterStore,
  ) {}

  /** Throws `InvalidInputError` and the like when the input is at fault, `UnavailableError` when it may work later. */
  async make(input: BatchInput, context: InputContext): Promise<StoredInput> {
    if (input.kind === 'jsonLines') return this.countFile(input.file, context);
    const { signal, watch } = context;
    const mayBeEmpty = MAY_BE_EMPTY.has(input.kind);
    return this.files.storeLines(await this.linesOf(input, context), { signal, watch, mayBeEmpty });
  }

  private async linesOf(
    input: Exclude<BatchInput, { kind: 'jsonLines' }>,
    { run }: InputContext,
  ): Promise<AsyncIterable<Buffer> | Iterable<Buffer>> {
    switch (input.kind) {
      case 'csv':
        await this.checkFile(input.file);
        return csvToJsonLines((await this.blobs.open(input.file)) as AsyncIterable<Buffer>, input);
      case 'range':
        return rangeLines(input, this.settings.maxInputItems);
      case 'sql':
        return jsonLines(this.rows(input, run));
      case 'results':
        return jsonLines(await this.results(input, run));
      case 'none':
        return [timerLine(run)];
    }
  }

  private async countFile(file: string, { signal, watch }: InputContext): Promise<StoredInput> {
    const sizeBytes = await this.checkFile(file);
    const counted = { itemsTotal: 0 };
    watch(counted);
    const scanner = new LineScanner((_, isBlank) => {
      if (!isBlank) counted.itemsTotal += 1;
      return true;
    });
    for await (const piece of (await this.blobs.open(file)) as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      scanner.feed(piece);
    }
    scanner.end();
    if (counted.itemsTotal === 0) throw new InvalidInputError(`file: ${file} has no items.`);
    return { digest: file, sizeBytes, itemsTotal: counted.itemsTotal };
  }

  /** Keeps the file from being removed; its length. */
  private async checkFile(file: string): Promise<number> {
    const sizeBytes = await this.blobs.touch(file);
    if (sizeBytes !== null) return sizeBytes;
    throw new InvalidInputError(
      `file: there is no file ${file} (any more). Upload it (POST /api/v1/files), name its digest, and run again.`,
    );
  }

  private async *rows({ connection, query, parameters }: InputOf<'sql'>, run: BatchRun): AsyncGenerator<Row> {
    const source = await this.rowSources.open(connection);
    try {
      const given: RowParameters = { ...runParameters(query, run), ...parameters };
      yield* source.rows(query, given);
    } finally {
      await source.close();
    }
  }

  private async results(input: InputOf<'results'>, run: BatchRun): Promise<AsyncIterable<unknown>> {
    const { batch, app = run.appName, state = 'succeeded' } = input;
    const appId = (await this.catalogue.findAppByName(app))?.id;
    const source = appId === undefined ? null : await this.batches.newestEndedRun(appId, batch);
    if (source) return this.valuesOf(await this.chainOf(source), state);
    throw new InvalidInputError(`batch: no run of "${batch}" in the app "${app}" has ended yet.`);
  }

  private async *valuesOf(chain: readonly BatchRun[], state: ResultState): AsyncGenerator<unknown> {
    for (const part of chain) {
      const [, ...again] = await this.deadLetters.listFamily(part.id);
      const newestFirst = again.toSorted((a, b) => (a.id < b.id ? 1 : -1));
      yield* resultValues(this.batches, this.blobs, part, newestFirst, state);
    }
  }

  /** The runs that were carried over until this one ended, the first one first. Each has items of its own. */
  private async chainOf(last: BatchRun): Promise<readonly BatchRun[]> {
    const chain = [last];
    for (let part = last; part.cause === 'carryOver' && part.parentRunId !== null;) {
      const parent = await this.batches.findRun(part.parentRunId);
      if (!parent)
        throw new InvalidInputError(
          `batch: the run ${part.parentRunId}, a part of its results, was removed.`,
        );
      chain.unshift(parent);
      part = parent;
    }
    return chain;
  }
}
