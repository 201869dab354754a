import type { BatchRetention } from '#shared/domain/batch-definition.js';

/** The installation's own; 0: without a limit. */
export interface RetentionDefaults {
  readonly keptRunDays: number;
  readonly keptRuns: number;
}

/** How long a batch's ended runs are kept: what its definition does not say is the installation's. Null: for ever. */
export function keptRuns(
  retention: BatchRetention | null,
  defaults: RetentionDefaults,
): BatchRetention | null {
  const days = retention?.days ?? (defaults.keptRunDays || undefined);
  const runs = retention?.runs ?? (defaults.keptRuns || undefined);
  return days === undefined && runs === undefined ? null : { days, runs };
}
