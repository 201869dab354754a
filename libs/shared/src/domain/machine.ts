import type { ContainerCaps } from './container-settings.js';
import type { BooksPage } from './function-time.js';
import type { MachineAttributes, MachineCapacity, MachineDrain, MachineLabels } from './fleet.js';

/** A worker's machine: what its heartbeat says of it, and what management knows of it besides. */
export interface Machine {
  readonly id: string;
  readonly name: string;
  readonly os: 'linux' | 'windows' | 'darwin';
  readonly pool: string;
  readonly runtime: 'docker' | 'process';
  readonly state: MachineState;
  /** Why it is in that state, in words; empty when there is nothing to say. */
  readonly reason: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly slots: number;
  readonly slotsBusy: number;
  /** What the work under way has taken so far, all of it together, seconds; null from a worker that does not say. */
  readonly busySeconds: number | null;
  /** Null from a worker that does not say. */
  readonly attributes: MachineAttributes | null;
  /** Null from a worker that does not say. */
  readonly capacity: MachineCapacity | null;
  readonly lastSeenAt: Date;
  /** The most that one container gets there; undefined: a worker of an older version, which does not say. */
  readonly containerCaps?: ContainerCaps | undefined;
  readonly labels: MachineLabels;
  /** Null: it may take work as far as management is concerned. */
  readonly drain: MachineDrain | null;
  /** Null while its key is good, or while it uses the common worker key. */
  readonly revokedAt: Date | null;
}

/** What a worker says of its machine at each heartbeat. */
export type MachineReport = Omit<
  Machine,
  'lastSeenAt' | 'labels' | 'drain' | 'revokedAt' | 'busySeconds' | 'attributes' | 'capacity'
> &
  Partial<Pick<Machine, 'busySeconds' | 'attributes' | 'capacity'>> & {
    /** How many cores our containers used since the last heartbeat, on average; absent: it is not known. */
    readonly busyCores?: number | null;
    /** How many cores work may have from now on, by its capacity policy; absent: all of them. */
    readonly offeredCores?: number | null;
    /** What its worker's books have that was not booked yet; absent: nothing. */
    readonly page?: BooksPage | undefined;
  };

/**
 * `unhealthy` until the engine has shown that it can run a function; `owner` while its capacity policy offers nothing; `draining`
 * while it stops or was told to take nothing new, `drained` once nothing runs any more; `revoked` when its key was taken from it. `offline` is derived: its lease has ended.
 */
export type MachineState = 'unhealthy' | 'ready' | 'owner' | 'draining' | 'drained' | 'revoked' | 'offline';

/** How often a worker says that it is there. */
export const HEARTBEAT_SECONDS = 10;

/** Three missed heartbeats: one may be lost, and one may be late. */
export const OFFLINE_AFTER_SECONDS = 3 * HEARTBEAT_SECONDS;
