import type { BatchRun } from '#shared/domain/batch.js';
import type { Lane } from '#shared/queue/lane.js';
import type { DispatchSettings } from './dispatch-settings.js';

/** The queues that this installation's work goes to. */
export interface Lanes {
  readonly interactive: Lane;
  readonly overnight: Lane;
}

export function lanesOf(settings: Pick<DispatchSettings, 'pool' | 'os'>): Lanes {
  const { pool, os } = settings;
  return {
    interactive: Object.freeze({ pool, os, urgency: 'interactive' }),
    overnight: Object.freeze({ pool, os, urgency: 'overnight' }),
  };
}

/** Where chunks of a run wait: for the machines of its own pool, if it has one. */
export function chunkLaneOf(
  settings: Pick<DispatchSettings, 'pool' | 'os'>,
  run: Pick<BatchRun, 'pool'>,
): Lane {
  const { overnight } = lanesOf(settings);
  return run.pool === null ? overnight : { ...overnight, pool: run.pool };
}
