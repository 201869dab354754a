import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import { fingerprintSchema } from '../batch-requests.js';
import { ITEM_STATES } from '../run-views.js';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const INCLUDABLE = ['input', 'logs'] as const;

const lineRule = 'must be a line number, from 1';
const line = z.coerce.number(lineRule).int(lineRule).min(1, lineRule);

export const exportSchema = z.object({
  format: z.enum(EXPORT_FORMATS, `must be one of ${EXPORT_FORMATS.join(', ')}`).default('jsonl'),
  state: z.enum(ITEM_STATES, `must be one of ${ITEM_STATES.join(', ')}`).optional(),
  group: fingerprintSchema.optional().describe('Only the items of this failure group.'),
  fromLine: line.optional(),
  toLine: line.optional().describe('The last line, with it.'),
  include: z
    .string()
    .optional()
    .describe('"input", "logs" or "input,logs": what else an item is to have. Logs only in JSON Lines.'),
});

export type ExportQuery = z.infer<typeof exportSchema>;

export const itemLineSchema = z.object({
  runId: z.uuid('must be the id of a batch run (a UUID)'),
  lineNumber: line,
});

export type ItemLine = z.infer<typeof itemLineSchema>;

/** What is to be exported, and how. */
export interface ExportOrder {
  readonly format: ExportFormat;
  readonly filter: {
    readonly state?: ExportQuery['state'];
    readonly group?: string | undefined;
    readonly toLine?: number | undefined;
  };
  readonly afterLine: number;
  readonly withInput: boolean;
  readonly withLogs: boolean;
}

/** Throws `InvalidInputError` that names the field. */
export function exportOrder({
  format,
  state,
  group,
  fromLine = 1,
  toLine,
  include,
}: ExportQuery): ExportOrder {
  if (toLine !== undefined && toLine < fromLine) {
    throw new InvalidInputError(`toLine: must not be below fromLine (${fromLine}).`);
  }
  if (group !== undefined && state !== undefined && state !== 'failed') {
    throw new InvalidInputError(
      `group and state: a failure group has failed items only, and state is ${state}.`,
    );
  }
  const wanted = new Set((include ?? '').split(',').filter((part) => part !== ''));
  const unknown = [...wanted].find((part) => !INCLUDABLE.some((known) => known === part));
  if (unknown !== undefined) throw new InvalidInputError(`include: "${unknown}" is neither input nor logs.`);
  const withLogs = wanted.has('logs');
  if (withLogs && format === 'csv') {
    throw new InvalidInputError('include and format: logs have no place in CSV; ask for jsonl.');
  }
  return {
    format,
    filter: { state, group, toLine },
    afterLine: fromLine - 1,
    withInput: wanted.has('input'),
    withLogs,
  };
}

/** RFC 9110, 12.5.3: whether an answer may be gzip. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  const parts = [header ?? []].flat().join(',').split(',');
  return parts.some((part) => {
    const [coding = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return (coding === 'gzip' || coding === 'x-gzip' || coding === '*') && !isRefused;
  });
}
