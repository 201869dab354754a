import type { BatchRun } from '#shared/domain/batch.js';
import type { RowParameters } from '#shared/store/row-source.js';

/**
 * What a run tells a query about itself: `@businessDate`, `@plannedAt` and `@runId`, where the query uses them. So a backfill or a
 * catch-up reads the day that it is for, and not today.
 */
export function runParameters(query: string, run: BatchRun): RowParameters {
  const all: RowParameters = {
    businessDate: run.businessDate,
    plannedAt: (run.plannedAt ?? run.createdAt).toISOString(),
    runId: run.id,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => new RegExp(`@${name}\\b`).test(query)));
}
