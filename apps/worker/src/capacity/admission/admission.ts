import { quantileSeconds, type DurationSketch } from '#shared/domain/capacity/duration-sketch.js';

/** The work that would start: how long it took before, and after what time it is ended. */
export interface WorkEstimate {
  /** Null where there is no history. */
  readonly durations: DurationSketch | null;
  /** Null: it is never ended. */
  readonly timeoutSeconds: number | null;
}

/** What time is left, in seconds; Infinity where a bound does not apply. */
export interface TimeLeft {
  /** Until the batch's window ends. */
  readonly window: number;
  /** Until the machine begins to evict before the end of its hours. */
  readonly hours: number;
  /** Until the owner is expected. */
  readonly idle: number;
}

/** Whether work may start here now; if not, what it lacks. */
export type Admission =
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      readonly reason: 'WINDOW_TOO_SHORT';
      readonly neededSeconds: number;
      readonly leftSeconds: number;
      readonly limitedBy: keyof TimeLeft;
    };

/** Nine of ten pieces of work end in time; the tenth goes on elsewhere, with what it has finished. */
const SHARE_THAT_FITS = 0.9;

/** START only what fits: its P90 duration (its time-out, without history) must not exceed the least of the times left. */
export function admit(work: WorkEstimate, left: TimeLeft): Admission {
  return admitSeconds(secondsNeeded(work), left);
}

/** The same for work of which is known how long it takes, in seconds; Infinity: nobody knows. */
export function admitSeconds(neededSeconds: number, left: TimeLeft): Admission {
  const limitedBy = shortest(left);
  const leftSeconds = left[limitedBy];
  if (neededSeconds <= leftSeconds) return { admitted: true };
  return { admitted: false, reason: 'WINDOW_TOO_SHORT', neededSeconds, leftSeconds, limitedBy };
}

/** How long work must be expected to take, in seconds. Infinity: nobody knows. */
export function secondsNeeded({ durations, timeoutSeconds }: WorkEstimate): number {
  const timeout = timeoutSeconds ?? Infinity;
  const usual = durations && quantileSeconds(durations, SHARE_THAT_FITS);
  return Math.min(usual ?? Infinity, timeout);
}

function shortest(left: TimeLeft): keyof TimeLeft {
  const bounds = ['window', 'hours', 'idle'] as const;
  return bounds.reduce((least, bound) => (left[bound] < left[least] ? bound : least));
}
