import type { BatchRun, ItemOutcome } from '#shared/domain/batch.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { JsonValue } from '#shared/domain/json.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import type { BlobStore } from '#shared/store/blob-store.js';
import { InputReader } from './input-reader.js';

const PAGE_ITEMS = 1000;

export type ResultState = 'succeeded' | 'failed';

/** The items of a run that have an outcome, by line number, a page at a time. */
export async function* itemsOf(
  batches: Pick<BatchStore, 'listItems'>,
  runId: string,
  state: ResultState,
): AsyncGenerator<ItemOutcome> {
  for (let afterLine: number | undefined = 0; afterLine !== undefined;) {
    const page = await batches.listItems(runId, { state }, { limit: PAGE_ITEMS, afterLine });
    yield* page.rows;
    afterLine = page.nextLine;
  }
}

/**
 * A run's results as another run's items: of what succeeded the outputs as they are, of what failed
 * `{ lineNumber, input, failure }`. Throws `InvalidInputError` when the run is removed meanwhile: half of it would be wrong.
 */
export async function* resultValues(
  batches: Pick<BatchStore, 'listItems' | 'chunkOf' | 'findRun'>,
  blobs: Pick<BlobStore, 'open'>,
  run: BatchRun,
  state: ResultState,
): AsyncGenerator<JsonValue> {
  const reader = new InputReader(batches, blobs, run);
  try {
    for await (const item of itemsOf(batches, run.id, state)) {
      if (state === 'succeeded') yield item.output ?? null;
      else yield await failedItem(item, reader);
    }
  } finally {
    reader.close();
  }
  if ((await batches.findRun(run.id)) === null) {
    throw new InvalidInputError(
      `batch: the run ${run.id}, whose results were being read, was removed meanwhile (retention). Run it again.`,
    );
  }
}

async function failedItem(item: ItemOutcome, reader: InputReader): Promise<JsonValue> {
  const line = await reader.line(item.lineNumber);
  const { source, type, message } = item.failure ?? { source: 'platform', type: 'Unknown', message: '' };
  return {
    lineNumber: item.lineNumber,
    input: line === null ? null : jsonOrText(line.text),
    failure: { source, type, message },
  };
}

/** A line that is not JSON is an item too, one that fails: it is shown as the text that it is. */
export function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
