import type { WeeklyHours } from './weekly-hours.js';

/** The ready-made policies. `desktop-hours` is combined with one of the other two for desktops. */
export type CapacityProfile =
  'dedicated' | 'desktop-suspend' | 'desktop-vacate' | 'desktop-hours' | 'background';

/** The conditions under which a machine offers its time: complete, checked and frozen. */
export interface CapacityPolicy {
  /**
   * What becomes of running work when the owner needs the machine: paused in memory, handed in and sent back, or (for
   * machines that nobody sits at) nothing. With `continue`, input, sessions and foreign load are not looked at.
   */
  readonly whenOwnerActive: 'suspend' | 'vacate' | 'continue';
  /** After the worker's start, before the first work. Load and input mean little while a machine comes up. */
  readonly initialDelaySeconds: number;

  /** Without input, before the machine is offered. */
  readonly startIdleSeconds: number;
  /** Without input, before suspended work goes on. */
  readonly continueIdleSeconds: number;
  /** Input younger than this: somebody is there. */
  readonly keyboardBusySeconds: number;
  /** Without input for so long, the machine is left to fall asleep; null: never. */
  readonly letSleepAfterSeconds: number | null;

  /** Foreign load above this is busy … */
  readonly foreignCpuBusyPercent: number;
  /** … and idle only below this again: what swings between the two changes nothing. */
  readonly foreignCpuIdlePercent: number;
  /** Busy for so long, before running work yields. */
  readonly cpuBusySeconds: number;
  /** The least time that a machine stays withdrawn (owner, suspended, retiring), so that states do not flap. */
  readonly hysteresisSeconds: number;

  /** Suspended for longer, work is vacated. */
  readonly maxSuspendSeconds: number;
  /** Vacating for longer, work is killed. 0 kills at once. */
  readonly maxVacateSeconds: number;
  /** Killing for longer, the machine is quarantined. */
  readonly maxKillSeconds: number;

  /** Of the machine's memory, for our containers, while somebody is there. */
  readonly memoryOwnerActivePercent: number;
  /** Of the machine's memory, for our containers, else; with foreign programs' use together never more than this. */
  readonly memoryOwnerIdlePercent: number;
  readonly runOnBattery: boolean;
  /** Names of processes, lower case, without `.exe`. */
  readonly exclusiveApps: readonly string[];
  readonly exclusiveAppCheckSeconds: number;
  /** Both must stay free. */
  readonly diskKeepFreeBytes: number;
  readonly diskKeepFreePercent: number;

  readonly hours: WeeklyHours;
  /** The IANA name of the zone that `hours` are in, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Before the end of the hours: nothing new is taken. */
  readonly stopStartingBeforeEndSeconds: number;
  /** Before the end of the hours: what runs is vacated. */
  readonly evictBeforeEndSeconds: number;

  readonly heartbeatSeconds: number;
  readonly offlineAfterMissedHeartbeats: number;

  /** What a batch has had counts half after this time. */
  readonly fairShareHalfLifeHours: number;
  /** Only work that has run for longer is evicted for another batch's sake … */
  readonly fairSharePreemptAfterSeconds: number;
  /** … and only when its batch has had this many times as much. */
  readonly fairSharePreemptFactor: number;

  /** `low`: containers get the least weight, so that any other program goes first. */
  readonly cpuPriority: 'normal' | 'low';
  /** Of the machine's cores, for all our containers together. */
  readonly cpuCapPercent: number;
}

/** A worker that hears nothing stops by itself one heartbeat before management gives its work to another. */
export function stopWithoutContactSeconds(policy: CapacityPolicy): number {
  return policy.heartbeatSeconds * Math.max(1, policy.offlineAfterMissedHeartbeats - 1);
}
