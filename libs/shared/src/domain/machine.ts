import type { ContainerCaps } from './container-settings.js';

/** A worker's machine as its heartbeat describes it. */
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
  readonly lastSeenAt: Date;
  /** The most that one container gets there; undefined: a worker of an older version, which does not say. */
  readonly containerCaps?: ContainerCaps | undefined;
}

/** `unhealthy` until the engine has shown that it can run a function; `draining` while it stops; `offline` is derived from `lastSeenAt`. */
export type MachineState = 'unhealthy' | 'ready' | 'draining' | 'offline';

/** How often a worker says that it is there. */
export const HEARTBEAT_SECONDS = 10;

/** Three missed heartbeats: one may be lost, and one may be late. */
export const OFFLINE_AFTER_SECONDS = 3 * HEARTBEAT_SECONDS;
