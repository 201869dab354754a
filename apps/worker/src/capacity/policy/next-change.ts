import { stopWithoutContactSeconds, type CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { hoursAt } from '#shared/domain/capacity/hours-at.js';
import type { CapacityClock, Readings } from '#shared/domain/capacity/readings.js';
import { PAUSE_TAKES_SECONDS } from './expressions.js';
import type { CapacityStatus } from './status.js';

/**
 * When a decision may turn out differently although nobody touches the machine: a time that runs out. Until then, the same
 * readings (with their ages grown) give the same state. Monotonic, to the millisecond; Infinity: never.
 *
 * A moment too many costs one decision; one too few would be a deadline that is missed.
 */
export function nextChangeMs(
  status: CapacityStatus,
  readings: Readings,
  policy: CapacityPolicy,
  now: CapacityClock,
): number {
  let next = Infinity;
  const consider = (moment: number): void => {
    if (moment > now.monotonicMs && moment < next) next = moment;
  };
  const { monotonicMs } = now;
  considerInput(readings, policy, monotonicMs, consider);
  considerState(status, policy, consider);
  considerOrders(readings, consider);
  considerHours(policy, now, consider);
  // While no heartbeat is overdue, the next one is expected to arrive.
  if (readings.contactLostSeconds >= policy.heartbeatSeconds)
    consider(monotonicMs + (stopWithoutContactSeconds(policy) - readings.contactLostSeconds) * 1000);
  const ran = readings.work.contention?.ranSeconds ?? Infinity;
  // RANK wants more than that time, not just as much.
  consider(monotonicMs + (policy.fairSharePreemptAfterSeconds - ran) * 1000 + 1);
  return next;
}

type Consider = (momentMs: number) => void;

function considerInput(readings: Readings, policy: CapacityPolicy, nowMs: number, consider: Consider): void {
  const age = readings.inputAgeSeconds;
  // Input that can't be seen is taken for input now, at every look.
  if (age === 'unknown') return;
  consider(nowMs + (policy.keyboardBusySeconds - age) * 1000);
  consider(nowMs + (policy.continueIdleSeconds - age) * 1000);
  consider(nowMs + (policy.startIdleSeconds - age) * 1000);
  if (policy.letSleepAfterSeconds !== null) consider(nowMs + (policy.letSleepAfterSeconds - age) * 1000);
}

function considerState(status: CapacityStatus, policy: CapacityPolicy, consider: Consider): void {
  const after = (seconds: number): void => consider(status.sinceMs + seconds * 1000);
  consider(status.startedAtMs + policy.initialDelaySeconds * 1000);
  if (status.loadBusySinceMs !== null) consider(status.loadBusySinceMs + policy.cpuBusySeconds * 1000);
  // Hysteresis wants more than its time. What has just come into a state may have to leave it at the next look.
  consider(status.sinceMs + policy.hysteresisSeconds * 1000 + 1);
  consider(status.sinceMs + 1);
  if (status.state === 'claimed/suspended') {
    after(policy.maxSuspendSeconds);
    after(PAUSE_TAKES_SECONDS);
  }
  if (status.state === 'preempting/vacating') after(policy.maxVacateSeconds);
  if (status.state === 'preempting/killing') after(policy.maxKillSeconds);
}

function considerOrders({ owner, drain }: Readings, consider: Consider): void {
  if (owner !== 'unknown' && owner.kind === 'snoozed') consider(owner.untilMs);
  if (drain && drain.deadlineMs !== null) consider(drain.deadlineMs);
}

function considerHours(policy: CapacityPolicy, now: CapacityClock, consider: Consider): void {
  if (now.utcMs === 'unknown') return;
  const { untilUtcMs } = hoursAt(policy.hours, policy.timeZone, now.utcMs);
  const boundary = now.monotonicMs + (untilUtcMs - now.utcMs);
  consider(boundary);
  consider(boundary - policy.stopStartingBeforeEndSeconds * 1000);
  consider(boundary - policy.evictBeforeEndSeconds * 1000);
}
