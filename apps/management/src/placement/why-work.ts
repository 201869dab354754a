import { Injectable } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import type { Lane } from '#shared/queue/lane.js';
import { WorkQueue } from '#shared/queue/work-queue.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { lanesOf } from '../dispatch/lanes.js';
import { Matchmaker } from './matchmaker.js';
import { PoolMachines, type PlacedWork } from './pool-machines.js';
import type { MachineFacts } from './why-machines.js';

/** Reads what there is to know of machines and queue when somebody asks why work is not running. */
@Injectable()
export class WhyWork {
  constructor(
    private readonly settings: DispatchSettings,
    private readonly queue: WorkQueue,
    private readonly machines: PoolMachines,
    private readonly matchmaker: Matchmaker,
  ) {}

  async factsOf(work: PlacedWork, urgency: Lane['urgency']): Promise<MachineFacts> {
    const [machines, placement, queue] = await Promise.all([
      this.machines.of(work),
      this.matchmaker.whyWaiting(work),
      this.depthOf({ ...lanesOf(this.settings)[urgency], pool: this.machines.poolOf(work) }),
    ]);
    return { pool: this.machines.poolOf(work), machines, placement, queue };
  }

  private async depthOf(lane: Lane): Promise<MachineFacts['queue']> {
    try {
      return await this.queue.depth(lane);
    } catch (error) {
      if (error instanceof UnavailableError) return null;
      throw error;
    }
  }
}
