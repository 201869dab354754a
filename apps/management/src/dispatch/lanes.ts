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
