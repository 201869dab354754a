import type { BatchRun } from '#shared/domain/batch.js';
import type { TimerInput } from '#shared/domain/invocation.js';

/** A timer function has no items: the one line is the timer's object of its one invocation. */
export function timerLine({ cause }: Pick<BatchRun, 'cause'>): Buffer {
  const timer: TimerInput = {
    schedule: { adjustForDST: true },
    // Of its own schedule nothing is known here: it is the batch's that runs it.
    scheduleStatus: null,
    isPastDue: cause === 'catchUp',
  };
  return Buffer.from(`${JSON.stringify(timer)}\n`);
}
