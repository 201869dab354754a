import type { BatchRun, ItemOutcome } from '#shared/domain/batch.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { JsonValue } from '#shared/domain/json.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import type { BlobStore } from '#shared/store/blob-store.js';
import { InputReader } from './input-reader.js';

const PAGE_ITEMS = 1000;

type ItemReading = Pick<BatchStore, 'listItems' | 'chunkOf' | 'findRun'>;

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
 * `{ lineNumber, input, failure }`. Each item once: with what became of it when it was run again, if it was. Memory holds the numbers of
 * those. Throws `InvalidInputError` when the run is removed meanwhile: half of it would be wrong.
 * @param again the runs that went over it again, the newest first
 */
export async function* resultValues(
  batches: ItemReading,
  blobs: Pick<BlobStore, 'open'>,
  run: BatchRun,
  again: readonly BatchRun[],
  state: ResultState,
): AsyncGenerator<JsonValue> {
  const known = new Set<number>();
  for (const child of again) {
    // What has succeeded once has succeeded, whatever else was tried.
    for await (const item of itemsOf(batches, child.id, 'succeeded')) {
      if (!isNew(known, item)) continue;
      if (state === 'succeeded') yield item.output ?? null;
    }
  }
  for (const child of state === 'failed' ? again : []) {
    yield* valuesOf(batches, blobs, child, state, known, (line) => known.add(line));
  }
  yield* valuesOf(batches, blobs, run, state, known);
  if ((await batches.findRun(run.id)) === null) {
    throw new InvalidInputError(
      `batch: the run ${run.id}, whose results were being read, was removed meanwhile (retention). Run it again.`,
    );
  }
}

/** Those whose lines are not known yet; they are known from then on where there are more runs to come. */
async function* valuesOf(
  batches: ItemReading,
  blobs: Pick<BlobStore, 'open'>,
  run: BatchRun,
  state: ResultState,
  known: ReadonlySet<number>,
  note: (line: number) => void = () => undefined,
): AsyncGenerator<JsonValue> {
  const reader = new InputReader(batches, blobs, run);
  try {
    for await (const item of itemsOf(batches, run.id, state)) {
      if (known.has(item.lineNumber)) continue;
      note(item.lineNumber);
      yield state === 'succeeded' ? (item.output ?? null) : await failedItem(item, reader);
    }
  } finally {
    reader.close();
  }
}

function isNew(known: Set<number>, { lineNumber }: ItemOutcome): boolean {
  if (known.has(lineNumber)) return false;
  known.add(lineNumber);
  return true;
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
