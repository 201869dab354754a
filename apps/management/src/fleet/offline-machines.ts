import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { MachineStore } from '#shared/store/machine-store.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { WakeableLoop } from '../dispatch/wakeable-loop.js';

/** A lease lasts 30 s: its end is noticed after this at the latest, which adds little to what it took already. */
const LOOK_EVERY_MS = 5_000;

/**
 * Notices machines whose lease has ended, once each whatever the number of management instances, and has their work looked for at
 * once. By then such a machine has stopped its work by itself: its own lease ended earlier.
 */
@Injectable()
export class OfflineMachines implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OfflineMachines.name);
  private readonly loop = new WakeableLoop(
    () => this.look(),
    (error) => this.failed(error),
  );
  private isFailing = false;

  constructor(
    private readonly machines: MachineStore,
    private readonly dispatcher: Dispatcher,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async look(): Promise<number> {
    const offline = await this.machines.markOffline();
    this.isFailing = false;
    for (const { id, name } of offline) {
      this.logger.warn({ machineId: id }, `The machine "${name}" is offline: its lease has ended.`);
    }
    if (offline.length > 0) this.dispatcher.lookForLostWork();
    return LOOK_EVERY_MS;
  }

  /** Said once an outage of the database. */
  private failed(error: unknown): number {
    if (!this.isFailing) this.logger.warn({ err: error }, 'The machines’ leases could not be looked at.');
    this.isFailing = true;
    return LOOK_EVERY_MS;
  }
}
