import type { Machine } from '../domain/machine.js';

/** The machines that have said that they are there. */
export abstract class MachineStore {
  /** Writes what a worker says of itself; `lastSeenAt` is the database's time. */
  abstract heartbeat(machine: Omit<Machine, 'lastSeenAt'>): Promise<void>;
  /** By name. A machine that was silent for longer than `offlineAfterSeconds` is `offline`. */
  abstract list(offlineAfterSeconds: number): Promise<readonly Machine[]>;
}
