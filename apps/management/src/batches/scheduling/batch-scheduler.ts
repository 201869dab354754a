import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import { Store } from '#shared/store/store.js';
import { WakeableLoop } from '../../dispatch/wakeable-loop.js';
import { InputMaking } from '../inputs/input-making.js';
import { RunDispatcher } from '../run-dispatcher.js';
import { DueBatches } from './due-batches.js';
import { EndedRuns } from './ended-runs.js';
import { WaitingRuns } from './waiting-runs.js';
import { WindowEnds } from './window-ends.js';

const ROUND_MS = 1_000;
/** A round just after the full second finds what is due at it; one just before would find it a second late. */
const AFTER_FULL_SECOND_MS = 5;
/** Where a round takes long (ten thousand runs wait), the database gets some rest: so many times as long, up to a bound. */
const REST_PER_ROUND = 2;
const LONGEST_REST_MS = 15_000;

/**
 * Lives through the time of batches: occurrences that are due become runs, runs whose time has come may begin,
 * and those whose window ends come to an end. It asks the database
 * for the time once a round and decides by that. All it knows stands in SQL, so it goes on after a restart, and any number of instances
 * do the same at once: what they change is a compare-and-set or has a unique key.
 */
@Injectable()
export class BatchScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(BatchScheduler.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  private isFailing = false;

  constructor(
    private readonly store: Store,
    private readonly ended: EndedRuns,
    private readonly due: DueBatches,
    private readonly waiting: WaitingRuns,
    private readonly windowEnds: WindowEnds,
    private readonly making: InputMaking,
    private readonly dispatcher: RunDispatcher,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** There are runs that may begin: look at once. */
  wake(): void {
    this.loop.wake();
  }

  /** One look at everything. @returns the database's time that it went by */
  async lookAtAll(): Promise<Date> {
    const now = await this.store.now();
    const isStopping = (): boolean => this.loop.isStopping;
    await this.windowEnds.lookAtAll(now, isStopping);
    const followed = await this.ended.seeTo(now, isStopping);
    const made = followed + (await this.due.settleAll(now, isStopping));
    const begun = await this.waiting.admitAll(now, isStopping);
    if (made + begun > 0) {
      this.making.wake();
      this.dispatcher.wake();
    }
    return now;
  }

  private async round(): Promise<number> {
    const startedMs = performance.now();
    const now = await this.lookAtAll();
    this.isFailing = false;
    const tookMs = performance.now() - startedMs;
    if (tookMs > ROUND_MS) return Math.min(tookMs * REST_PER_ROUND, LONGEST_REST_MS);
    const untilSecondMs = ROUND_MS - ((now.getTime() + tookMs) % ROUND_MS);
    return untilSecondMs + AFTER_FULL_SECOND_MS;
  }

  /** Said once an outage. */
  private failed(error: unknown): number {
    if (!(error instanceof UnavailableError))
      this.logger.error({ err: error }, 'Batches could not be scheduled; it is tried again.');
    else if (!this.isFailing) {
      this.isFailing = true;
      this.logger.warn({ err: error }, 'Schedules of batches wait for SQL.');
    }
    return ROUND_MS;
  }
}
