import { Injectable } from '@nestjs/common';
import { OFFLINE_AFTER_SECONDS } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';

/** Heartbeats come each 10 s: asking more often than this would tell nothing new. */
const KEPT_FOR_MS = 5000;

/** How many machines take work now, remembered for a few seconds. */
@Injectable()
export class ReadyMachines {
  private known = 0;
  private askedAt = -Infinity;

  constructor(private readonly machines: MachineStore) {}

  async count(): Promise<number> {
    if (performance.now() - this.askedAt < KEPT_FOR_MS) return this.known;
    const machines = await this.machines.list(OFFLINE_AFTER_SECONDS);
    this.known = machines.filter((machine) => machine.state === 'ready').length;
    this.askedAt = performance.now();
    return this.known;
  }
}
