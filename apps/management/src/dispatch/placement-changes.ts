import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Catalogue } from '../catalogue/catalogue.js';
import { Matchmaker } from '../placement/matchmaker.js';
import { WorkQueue } from '#shared/queue/work-queue.js';
import { DispatchSettings } from './dispatch-settings.js';
import { lanesOf } from './lanes.js';
import { WakeableLoop } from './wakeable-loop.js';

/** As soon as a queue that was away is likely to be back. */
const TRY_AGAIN_MS = 5_000;
/**
 * A job that was with a worker at that moment comes back as it was, when the worker leaves it to others: so waiting work is looked at
 * so often more, after so long each.
 */
const LOOK_AGAIN_MS = [2_000, 10_000, 30_000] as const;
/** Nothing is looked for: the next round comes when placements change. */
const IDLE_MS = 3_600_000;

/**
 * Gives work that waits on a queue what its function asks of machines now: requirements that no machine met, and were mended, would
 * else hold it there for ever. Every instance does it; what another one has changed already stays as it is.
 */
@Injectable()
export class PlacementChanges implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(PlacementChanges.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  private applied: string | undefined;
  /** Of `LOOK_AGAIN_MS`, how many are done; all: nothing is to be done. */
  private looks: number = LOOK_AGAIN_MS.length;
  private unsubscribe: () => void = () => undefined;

  constructor(
    private readonly settings: DispatchSettings,
    private readonly queue: WorkQueue,
    private readonly catalogue: Catalogue,
    private readonly matchmaker: Matchmaker,
  ) {}

  onApplicationBootstrap(): void {
    // What holds at the start went with the jobs as they were enqueued.
    this.applied = this.catalogue.placementsFingerprint;
    this.unsubscribe = this.catalogue.subscribe(() => this.loop.wake());
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.unsubscribe();
    await this.loop.stop();
  }

  private async round(): Promise<number> {
    const { placementsFingerprint: wanted } = this.catalogue;
    if (wanted !== this.applied) this.looks = -1;
    else if (this.looks === LOOK_AGAIN_MS.length) return IDLE_MS;
    const { interactive, overnight } = lanesOf(this.settings);
    for (const lane of [interactive, overnight]) {
      const changed = await this.queue.amend(lane, (job) => this.matchmaker.placedAnew(job));
      if (changed > 0)
        this.logger.log({ changed, urgency: lane.urgency }, 'Waiting work has a new placement.');
    }
    this.applied = wanted;
    this.looks += 1;
    return LOOK_AGAIN_MS[this.looks] ?? IDLE_MS;
  }

  private failed(error: unknown): number {
    this.logger.warn({ err: error }, 'Waiting work could not be given its new placement now.');
    return TRY_AGAIN_MS;
  }
}
