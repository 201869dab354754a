import type { FirstRunResult } from './first-run.js';
import { endLines } from '../progress/run-progress.js';

export interface Places {
  readonly managementUrl: string;
  /** The database's file, or its address without the password. */
  readonly database: string;
}

/** What a newcomer should know at the end: what came out, where it is, where to go on. */
export function summaryLines({ run }: FirstRunResult, { managementUrl, database }: Places): string[] {
  return [
    ...endLines(run),
    '',
    `Results   ${managementUrl}/api/v1/batches/runs/${run.runId}/items`,
    `Database  ${database}`,
    `API docs  ${managementUrl}/api-docs`,
  ];
}
