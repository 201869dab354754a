import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import { WorkQueue } from '#shared/queue/work-queue.js';
import { DispatchSettings } from './dispatch-settings.js';
import { InvocationPromises } from './invocation-promises.js';
import { QueueTrouble } from './queue-trouble.js';
import { nextPhase, roundDelayMs } from './reconcile-decision.js';
import type { ReconcilePhase } from './reconcile-decision.js';
import { reconcileWork } from './reconcile-work.js';
import type { ReconciledWork } from './reconciled-work.js';
import { WakeableLoop } from './wakeable-loop.js';

/**
 * Keeps the promise "what was accepted will run": compares SQL with the queue, and puts back what SQL promises and the queue
 * has lost. Every instance runs one: two at once cost a few reads, since each write is a compare-and-set.
 * When it looks is described at `ReconcilePhase`.
 */
@Injectable()
export class Reconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Reconciler.name);
  private readonly kinds: ReconciledWork[] = [];
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  private phase: ReconcilePhase = 'steady';

  constructor(
    private readonly settings: DispatchSettings,
    private readonly queue: WorkQueue,
    private readonly trouble: QueueTrouble,
    invocations: InvocationPromises,
  ) {
    this.lookAfter(invocations);
  }

  /** Another kind of promised work; called while modules are set up. */
  lookAfter(kind: ReconciledWork): void {
    this.kinds.push(kind);
  }

  onApplicationBootstrap(): void {
    this.trouble.listen(() => this.troubleNoted());
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** One comparison of everything. Throws `UnavailableError` when SQL or the queue does not answer. */
  async reconcile(): Promise<void> {
    await this.queue.check();
    for (const kind of this.kinds) {
      const counts = await reconcileWork(kind, this.queue, this.settings, () => this.loop.isStopping);
      const { redispatched, abandoned, cancelled } = counts;
      if (redispatched + abandoned + cancelled === 0) continue;
      this.logger.warn(
        { work: kind.noun, redispatched, abandoned, cancelled },
        'Put back work that was lost.',
      );
    }
  }

  private async round(): Promise<number> {
    const began = this.phase;
    await this.reconcile();
    const troubledMeanwhile = began !== 'outage' && this.phase === 'outage';
    return this.enter(nextPhase(began, !troubledMeanwhile));
  }

  private failed(error: unknown): number {
    if (error instanceof UnavailableError) {
      // Said once an outage; the probes that follow are silent.
      if (this.phase !== 'outage')
        this.logger.warn({ err: error }, 'Reconciling waits for SQL and the queue.');
    } else {
      this.logger.error({ err: error }, 'Reconciling failed for a reason that is not an outage.');
    }
    return this.enter(nextPhase(this.phase, false));
  }

  private enter(phase: ReconcilePhase): number {
    this.phase = phase;
    return roundDelayMs(phase, this.settings);
  }

  /** One wake-up an outage is enough: in an outage the loop probes by itself. */
  private troubleNoted(): void {
    if (this.phase === 'outage') return;
    this.phase = 'outage';
    this.loop.wake();
  }
}
