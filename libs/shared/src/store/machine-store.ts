import type { MachineLabels, MachineOrders } from '../domain/fleet.js';
import type { Machine, MachineReport } from '../domain/machine.js';

export interface DrainRequest {
  /** From now, by the database's clock; null: no deadline. */
  readonly deadlineSeconds: number | null;
  readonly requestedBy: string;
}

/** The machines that have said that they are there, and what management has ordered for them. */
export abstract class MachineStore {
  /**
   * Writes what a worker says of itself and gives it management's orders; `lastSeenAt` is the database's time. A page of the
   * worker's books that comes with it is booked, once: one with the id of the last page is known.
   * @param leaseSeconds for so long from now, by the database's clock, the machine may go on with its work; absent from workers
   * that hold no lease
   */
  abstract heartbeat(report: MachineReport, leaseSeconds?: number): Promise<MachineOrders>;
  /**
   * By name. A machine whose lease has ended is `offline`; so is one without a lease that was silent for longer than
   * `offlineAfterSeconds`. A machine whose key was revoked is `revoked`, whatever it says itself.
   */
  abstract list(offlineAfterSeconds: number): Promise<readonly Machine[]>;
  abstract find(id: string, offlineAfterSeconds: number): Promise<Machine | null>;
  /**
   * Writes `offline` for the machines whose lease has ended since, and books as lost what they were at; gives those, each to one
   * caller only.
   */
  abstract markOffline(): Promise<readonly Pick<Machine, 'id' | 'name'>[]>;
  /** Replaces its labels; false when there is no such machine. */
  abstract setLabels(id: string, labels: MachineLabels): Promise<boolean>;
  /** Tells it to take nothing new, from its next heartbeat on. A second order replaces the first. False when there is no such machine. */
  abstract drain(id: string, request: DrainRequest): Promise<boolean>;
  /** Takes the order back; false when there was none. */
  abstract undrain(id: string): Promise<boolean>;
}
