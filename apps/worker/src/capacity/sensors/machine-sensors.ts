import type { DiskReading } from '#shared/domain/capacity/readings.js';
import type { Sensed } from './sensed.js';

/**
 * How a session is used:
 * - `console`: at the machine itself, on its screen and keyboard;
 * - `remote-desktop`: its screen is shown elsewhere (RDP, xrdp, VNC, ICA);
 * - `terminal`: text only, from wherever (a virtual console, ssh, a terminal window).
 */
export type SessionKind = 'console' | 'remote-desktop' | 'terminal';

/** Somebody who is logged in. */
export interface OwnerSession {
  readonly id: string;
  /** Empty where it is not known. */
  readonly user: string;
  readonly kind: SessionKind;
  /** False: logged in, and at no screen (a remote desktop that was disconnected). */
  readonly connected: boolean;
  readonly locked: Sensed<boolean>;
  /** Seconds since the last input; Infinity for never. */
  readonly inputAgeSeconds: Sensed<number>;
}

/** Who is there. */
export interface Presence {
  readonly sessions: readonly OwnerSession[];
  /**
   * Seconds since the newest input on the machine, in a session or in none (somebody types at the login screen);
   * Infinity where nothing was ever pressed, or nothing is there to press.
   */
  readonly inputAgeSeconds: Sensed<number>;
}

/** Of all cores together since the machine's start, in core-seconds. Only differences mean something. */
export interface CpuTimes {
  readonly busySeconds: number;
  readonly totalSeconds: number;
}

export interface MemoryUse {
  readonly totalBytes: number;
  /** What can't be given to others without taking it from somebody: caches do not count. */
  readonly usedBytes: number;
}

export type PowerSource = 'mains' | 'battery';

export interface RunningProcess {
  readonly pid: number;
  /** What it may be called: a system knows a process by more than one name. Without a path. */
  readonly names: readonly string[];
}

/** Thrown when a sensor can't see what it is asked for, or does not believe what it sees. The message says why. */
export class SensorBlindError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SensorBlindError';
  }
}

/**
 * What can be seen of a machine and its owner, as one operating system shows it. Each method reads once, now, and may throw
 * whatever it likes when it can't: the sampler limits its time, checks what it says and turns failures into `unknown`.
 * Nothing is changed on the machine, and of what the owner types nothing is kept.
 */
export abstract class MachineSensors {
  /** Cheap: may be asked each second. */
  abstract readPresence(): Promise<Presence>;
  abstract readCpuTimes(): Promise<CpuTimes>;
  abstract readMemory(): Promise<MemoryUse>;
  abstract readPower(): Promise<PowerSource>;
  abstract readProcesses(): Promise<readonly RunningProcess[]>;
  /** Of the volume that the data folder is on, as far as the worker may fill it. */
  abstract readDisk(): Promise<DiskReading>;
  /** Lets go of what reading has opened. No method is called afterwards. */
  abstract close(): Promise<void>;
}
