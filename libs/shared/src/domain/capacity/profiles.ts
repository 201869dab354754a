import type { CapacityPolicy, CapacityProfile } from './capacity-policy.js';
import { ALWAYS, weeklyHours } from './weekly-hours.js';

/** A policy without the machine's own zone. */
export type PolicyDefaults = Omit<CapacityPolicy, 'timeZone'>;

const DAY = 24 * 60;
const EVENING = 19 * 60;
const MORNING = 7 * 60;
const WORKING_DAYS = [0, 1, 2, 3, 4];

/** From 19:00 of each working day until 7:00 of the next day, and the whole weekend. */
const NIGHTS_AND_WEEKENDS = weeklyHours([
  ...WORKING_DAYS.flatMap((day) => [
    { startMinute: day * DAY, minutes: MORNING },
    { startMinute: day * DAY + EVENING, minutes: DAY - EVENING },
  ]),
  { startMinute: 5 * DAY, minutes: 2 * DAY },
]);

const COMMON: PolicyDefaults = {
  whenOwnerActive: 'vacate',
  initialDelaySeconds: 60,
  startIdleSeconds: 900,
  continueIdleSeconds: 300,
  keyboardBusySeconds: 60,
  letSleepAfterSeconds: null,
  foreignCpuBusyPercent: 50,
  foreignCpuIdlePercent: 30,
  cpuBusySeconds: 120,
  hysteresisSeconds: 10,
  maxSuspendSeconds: 600,
  // Short: on a vacated desktop somebody sits and waits.
  maxVacateSeconds: 45,
  maxKillSeconds: 30,
  memoryOwnerActivePercent: 50,
  memoryOwnerIdlePercent: 90,
  runOnBattery: false,
  exclusiveApps: [],
  exclusiveAppCheckSeconds: 10,
  diskKeepFreeBytes: 10_000_000_000,
  diskKeepFreePercent: 10,
  hours: ALWAYS,
  stopStartingBeforeEndSeconds: 30 * 60,
  evictBeforeEndSeconds: 10 * 60,
  heartbeatSeconds: 10,
  offlineAfterMissedHeartbeats: 3,
  fairShareHalfLifeHours: 24,
  fairSharePreemptAfterSeconds: 3600,
  fairSharePreemptFactor: 1.2,
  cpuPriority: 'normal',
  cpuCapPercent: 100,
};

/** Nobody waits at a server: work may take its time to hand in. */
const SERVER: Partial<PolicyDefaults> = { whenOwnerActive: 'continue', maxVacateSeconds: 600 };

/** What each profile changes of the common defaults. */
const CHANGES: Readonly<Record<CapacityProfile, Partial<PolicyDefaults>>> = {
  dedicated: SERVER,
  'desktop-suspend': { whenOwnerActive: 'suspend' },
  'desktop-vacate': { whenOwnerActive: 'vacate' },
  'desktop-hours': { hours: NIGHTS_AND_WEEKENDS },
  background: { ...SERVER, cpuPriority: 'low', cpuCapPercent: 50 },
};

/** The defaults of profiles that are combined; a later one changes what an earlier one says. */
export function defaultsOf(profiles: readonly CapacityProfile[]): PolicyDefaults {
  return profiles.reduce((defaults, profile) => ({ ...defaults, ...CHANGES[profile] }), COMMON);
}
