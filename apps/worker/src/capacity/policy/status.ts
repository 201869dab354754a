import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import type { CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { CapacityClock, Reading } from '#shared/domain/capacity/readings.js';

/** What a machine remembers from one decision to the next. All times are monotonic milliseconds. */
export interface CapacityStatus {
  readonly state: CapacityState;
  /** When it entered this state. */
  readonly sinceMs: number;
  /** Why it is not offered, or (unclaimed) why waiting work was refused; null when there is nothing to say. */
  readonly reason: CapacityReason | null;
  readonly startedAtMs: number;
  /** Since when foreign load has been busy without having been idle again; null while it is idle. */
  readonly loadBusySinceMs: number | null;
  /** Its containers could not be killed. Over when they are gone and the engine passes the test function. */
  readonly quarantined: boolean;
}

/** A worker starts unhealthy, until its engine has passed the test function, and takes the machine to be busy. */
export function initialStatus(now: CapacityClock): CapacityStatus {
  return {
    state: 'unhealthy',
    sinceMs: now.monotonicMs,
    reason: 'ENGINE_DOWN',
    startedAtMs: now.monotonicMs,
    loadBusySinceMs: now.monotonicMs,
    quarantined: false,
  };
}

/** Follows foreign load: busy above one bound, idle below another, and between the two what it was. */
export function followLoad(
  busySinceMs: number | null,
  percent: Reading<number>,
  policy: CapacityPolicy,
  nowMs: number,
): number | null {
  if (percent === 'unknown' || percent > policy.foreignCpuBusyPercent) return busySinceMs ?? nowMs;
  return percent < policy.foreignCpuIdlePercent ? null : busySinceMs;
}
