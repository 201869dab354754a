import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { MachineTimeStore } from '#shared/store/machine-time-store.js';
import { SETTINGS, type Settings } from '../../config.js';
import { WakeableLoop } from '../../dispatch/wakeable-loop.js';

/** Charts show hours: that a machine is away may show this late. */
const EVERY_SECONDS = 600;

/**
 * Books the time of machines that are away, removes hours that are too old, and adds up those that are over. Several instances may:
 * each machine is booked once, and who adds up the same hour comes to the same.
 */
@Injectable()
export class MachineTimeKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(MachineTimeKeeper.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );

  constructor(
    private readonly time: MachineTimeStore,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'machineTimeDays'>,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async round(): Promise<number> {
    await this.time.bookSilence(EVERY_SECONDS);
    // Before adding up: of an hour whose bookings are removed the sums stay as they are.
    await this.time.removeOlder(this.settings.machineTimeDays);
    await this.time.sumUp();
    return EVERY_SECONDS * 1000;
  }

  /** Nothing is lost: the next round books what this one did not. */
  private failed(error: unknown): number {
    this.logger.warn(
      { err: error },
      'The time of machines that are away could not be booked, or hours not be added up.',
    );
    return EVERY_SECONDS * 1000;
  }
}
