import { stopWithoutContactSeconds } from '#shared/domain/capacity/capacity-policy.js';
import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import { Demand } from './demand.js';
import {
  hasRemoteSession,
  inputAgeSeconds,
  memoryAllowanceBytes,
  mindsOwner,
  secondsUntilHoursEnd,
  type View,
} from './view.js';

type Objector = (view: View) => Demand;

/** A reason to hold back, with what it demands. */
export interface Objection {
  readonly reason: CapacityReason | null;
  readonly demand: Demand;
}

const NO_OBJECTION: Objection = { reason: null, demand: Demand.nothing };

function ownerRequest({ readings: { owner }, now }: View): Demand {
  if (owner === 'unknown' || owner.kind === 'never') return Demand.leave;
  return owner.kind === 'snoozed' && now.monotonicMs < owner.untilMs ? Demand.leave : Demand.nothing;
}

function draining({ readings: { drain }, now }: View): Demand {
  if (!drain) return Demand.nothing;
  return drain.deadlineMs !== null && now.monotonicMs >= drain.deadlineMs ? Demand.leave : Demand.hold;
}

function quarantined({ status }: View): Demand {
  return status.quarantined ? Demand.stop : Demand.nothing;
}

function engineDown({ readings }: View): Demand {
  return readings.engine === 'healthy' ? Demand.nothing : Demand.stop;
}

function contactLost({ readings, policy }: View): Demand {
  return readings.contactLostSeconds >= stopWithoutContactSeconds(policy) ? Demand.stop : Demand.nothing;
}

function batteries({ readings, policy }: View): Demand {
  return policy.runOnBattery || readings.power === 'mains' ? Demand.nothing : Demand.yield;
}

/** Where no application is exclusive, nobody needs to look for one. */
function exclusiveApp({ readings, policy }: View): Demand {
  return policy.exclusiveApps.length === 0 || readings.exclusiveApp === null ? Demand.nothing : Demand.yield;
}

/** A paused container keeps its files: only leaving gives room back. */
function diskSize({ readings: { disk }, policy }: View): Demand {
  if (disk === 'unknown') return Demand.leave;
  const keepBytes = Math.max(policy.diskKeepFreeBytes, (disk.totalBytes * policy.diskKeepFreePercent) / 100);
  return disk.freeBytes < keepBytes ? Demand.leave : Demand.nothing;
}

function timeOfDay(view: View): Demand {
  const left = secondsUntilHoursEnd(view);
  if (left === Infinity) return Demand.nothing;
  if (left <= view.policy.evictBeforeEndSeconds) return Demand.leave;
  return left <= view.policy.stopStartingBeforeEndSeconds ? Demand.hold : Demand.nothing;
}

function initialDelay({ status, policy, now }: View): Demand {
  const upSeconds = (now.monotonicMs - status.startedAtMs) / 1000;
  return upSeconds < policy.initialDelaySeconds ? Demand.hold : Demand.nothing;
}

function rdpSession(view: View): Demand {
  return mindsOwner(view) && hasRemoteSession(view) ? Demand.yield : Demand.nothing;
}

/** Work that is there already waits for less idle time than new work. */
function userActive(view: View): Demand {
  if (!mindsOwner(view)) return Demand.nothing;
  const { policy, status, readings } = view;
  const age = inputAgeSeconds(view);
  if (age < policy.keyboardBusySeconds) return Demand.yield;
  const claimed = status.state.startsWith('claimed/') && readings.work.claimed > 0;
  return age < (claimed ? policy.continueIdleSeconds : policy.startIdleSeconds)
    ? Demand.hold
    : Demand.nothing;
}

function cpuUsage(view: View): Demand {
  const { status, policy, now } = view;
  if (!mindsOwner(view) || status.loadBusySinceMs === null) return Demand.nothing;
  const busySeconds = (now.monotonicMs - status.loadBusySinceMs) / 1000;
  return busySeconds >= policy.cpuBusySeconds ? Demand.yield : Demand.hold;
}

/** A paused container keeps its memory: only leaving gives it back. */
function memoryUsage(view: View): Demand {
  const { memory } = view.readings;
  if (memory === 'unknown') return Demand.leave;
  const allowance = memoryAllowanceBytes(view);
  if (memory.ownBytes > allowance) return Demand.leave;
  return memory.ownBytes === allowance ? Demand.hold : Demand.nothing;
}

function noRecentInput(view: View): Demand {
  const { letSleepAfterSeconds } = view.policy;
  return letSleepAfterSeconds !== null && inputAgeSeconds(view) >= letSleepAfterSeconds
    ? Demand.leave
    : Demand.nothing;
}

/** By authority: the owner's word > an administrator's > what the machine can't > its hours > idleness and load. */
const OBJECTORS: readonly (readonly [CapacityReason, Objector])[] = [
  ['USER_REQUEST', ownerRequest],
  ['DRAINING', draining],
  ['QUARANTINED', quarantined],
  ['ENGINE_DOWN', engineDown],
  ['CONTACT_LOST', contactLost],
  ['BATTERIES', batteries],
  ['EXCLUSIVE_APP', exclusiveApp],
  ['DISK_SIZE', diskSize],
  ['TIME_OF_DAY', timeOfDay],
  ['INITIAL_DELAY', initialDelay],
  ['RDP_SESSION', rdpSession],
  ['USER_ACTIVE', userActive],
  ['CPU_USAGE', cpuUsage],
  ['MEMORY_USAGE', memoryUsage],
  ['NO_RECENT_INPUT', noRecentInput],
];

/** The objection that decides: the strongest demand; between equal ones, that of the higher authority. */
export function strongestObjection(view: View): Objection {
  let strongest = NO_OBJECTION;
  for (const [reason, objector] of OBJECTORS) {
    const demand = objector(view);
    if (demand > strongest.demand) strongest = { reason, demand };
  }
  return strongest;
}
