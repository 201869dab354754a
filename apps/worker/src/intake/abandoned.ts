import type { FunctionEnding } from './function-run.js';

/** The end of a call that the platform has failed as often as it may: what was wrong last is on record. */
export function abandoned(error: unknown): FunctionEnding {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const endedAt = new Date();
  const failure = { source: 'platform', type: name, message } as const;
  return { state: 'abandoned', failure, attempts: [], coldStart: false, startedAt: endedAt, endedAt };
}

/** The end of a call that was never begun: its client had gone by then. */
export function cancelled(): FunctionEnding {
  const endedAt = new Date();
  return { state: 'cancelled', attempts: [], coldStart: false, startedAt: endedAt, endedAt };
}
