import type { ItemOutcome } from '#shared/domain/batch.js';
import { csvLine } from '../../http/csv.js';
import { jsonOrText } from '../inputs/result-values.js';
import type { ExportOrder } from './export-requests.js';

const CSV_COLUMNS = [
  'lineNumber',
  'state',
  'attempts',
  'startedAt',
  'durationMs',
  'output',
  'failureType',
  'failureMessage',
];

/** What an export begins with. */
export function exportHead({ format, withInput }: ExportOrder): string {
  if (format === 'jsonl') return '';
  return csvLine(withInput ? [...CSV_COLUMNS, 'input'] : CSV_COLUMNS);
}

/** An item with its line end. @param input the item's line; null: not asked for, or gone */
export function exportedItem(item: ItemOutcome, input: string | null, order: ExportOrder): string {
  return order.format === 'csv' ? csvItem(item, input, order) : jsonItem(item, input, order);
}

function jsonItem(item: ItemOutcome, input: string | null, { withInput, withLogs }: ExportOrder): string {
  const { lineNumber, state, attempts, startedAt, durationMs, output = null, failure = null } = item;
  const exported = {
    lineNumber,
    state,
    attempts,
    startedAt,
    durationMs,
    output,
    failure,
    ...(withInput && { input: input === null ? null : jsonOrText(input) }),
    ...(withLogs && { logs: item.logs ?? [] }),
  };
  return `${JSON.stringify(exported)}\n`;
}

function csvItem(item: ItemOutcome, input: string | null, { withInput }: ExportOrder): string {
  const { lineNumber, state, attempts, startedAt, durationMs, output, failure } = item;
  const cells = [
    lineNumber,
    state,
    attempts,
    startedAt.toISOString(),
    durationMs,
    csvValue(output),
    failure?.type ?? null,
    failure?.message ?? null,
  ];
  return csvLine(withInput ? [...cells, input] : cells);
}

/** Text and numbers as they are, anything else as JSON. */
function csvValue(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}
