import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { hoursAt } from '#shared/domain/capacity/hours-at.js';
import type { CapacityClock, Readings } from '#shared/domain/capacity/readings.js';
import type { CapacityStatus } from './status.js';

/** All that a decision looks at. */
export interface View {
  readonly status: CapacityStatus;
  readonly readings: Readings;
  readonly policy: CapacityPolicy;
  readonly now: CapacityClock;
}

/** Seconds in the present state. */
export function secondsInState({ status, now }: View): number {
  return (now.monotonicMs - status.sinceMs) / 1000;
}

/** Seconds since the newest input; 0 where that is unknown. */
export function inputAgeSeconds({ readings }: View): number {
  return readings.inputAgeSeconds === 'unknown' ? 0 : readings.inputAgeSeconds;
}

/** Whether input, sessions and foreign load count under this policy. */
export function mindsOwner({ policy }: View): boolean {
  return policy.whenOwnerActive !== 'continue';
}

export function hasRemoteSession({ readings }: View): boolean {
  return readings.rdpSessions === 'unknown' || readings.rdpSessions > 0;
}

/** Somebody is there, or may be. */
export function isOwnerActive(view: View): boolean {
  return hasRemoteSession(view) || inputAgeSeconds(view) < view.policy.keyboardBusySeconds;
}

/**
 * Seconds until the hours end; 0 or less outside them, and where the time is unknown.
 * Only the trusted time counts: a machine whose wall clock is wrong keeps its hours.
 */
export function secondsUntilHoursEnd({ policy, now }: View): number {
  // Without contact there is no trusted time. Where hours never end, none is needed.
  const span = hoursAt(policy.hours, policy.timeZone, now.utcMs === 'unknown' ? 0 : now.utcMs);
  if (span.open && span.untilUtcMs === Infinity) return Infinity;
  if (now.utcMs === 'unknown' || !span.open) return 0;
  return (span.untilUtcMs - now.utcMs) / 1000;
}

/**
 * What our containers may use of the machine's memory now, in bytes: a share that depends on whether somebody is there,
 * and never so much that foreign programs and ours together pass the larger share. Unknown memory allows none.
 */
export function memoryAllowanceBytes(view: View): number {
  const { memory } = view.readings;
  if (memory === 'unknown') return 0;
  const { memoryOwnerActivePercent, memoryOwnerIdlePercent } = view.policy;
  const most = (memory.totalBytes * memoryOwnerIdlePercent) / 100;
  const share = isOwnerActive(view) ? (memory.totalBytes * memoryOwnerActivePercent) / 100 : most;
  return Math.max(0, Math.min(share, most - memory.foreignBytes));
}
