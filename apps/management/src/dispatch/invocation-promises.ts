import { Injectable } from '@nestjs/common';
import type { Job } from '#shared/contracts/jobs.js';
import type { Lane } from '#shared/queue/lane.js';
import { InvocationStore } from '#shared/store/invocation-store.js';
import type { UnfinishedInvocation } from '#shared/store/invocation-store.js';
import { Matchmaker } from '../placement/matchmaker.js';
import { DispatchSettings } from './dispatch-settings.js';
import { promisedJob } from './job-making.js';
import { lanesOf } from './lanes.js';
import { ReconciledWork } from './reconciled-work.js';
import type { StaleWork } from './reconciled-work.js';

type StaleInvocation = UnfinishedInvocation & StaleWork;

/** Promised invocations, as the reconciler sees them. */
@Injectable()
export class InvocationPromises extends ReconciledWork<StaleInvocation> {
  readonly noun = 'invocations';
  private readonly lane: Lane;

  constructor(
    private readonly settings: DispatchSettings,
    private readonly invocations: InvocationStore,
    private readonly matchmaker: Matchmaker,
  ) {
    super();
    this.lane = lanesOf(settings).interactive;
  }

  laneOf(): Lane {
    return this.lane;
  }

  async listStale(silentForSeconds: number, limit: number): Promise<readonly StaleInvocation[]> {
    const unfinished = await this.invocations.listUnfinished(silentForSeconds, limit);
    return unfinished.map((invocation) => ({ ...invocation, unwanted: false }));
  }

  redispatch(work: StaleInvocation): Promise<boolean> {
    return this.invocations.redispatch(work.id, work.dispatchCount);
  }

  nextJob(work: StaleInvocation): Job {
    return this.matchmaker.placed(promisedJob(work, work.dispatchCount + 1, work.acceptedAt.getTime()));
  }

  abandon(work: StaleInvocation): Promise<boolean> {
    const times = work.dispatchCount;
    return this.invocations.abandon(
      work.id,
      `It was put on the queue ${times} times (setting maxDispatches: ${this.settings.maxDispatches}) and got lost each time: ` +
        'the machines that took it died, or the queue lost its memory. Look at the machines, then call the function again.',
    );
  }

  cancel(work: StaleInvocation): Promise<boolean> {
    return this.abandon(work);
  }
}
