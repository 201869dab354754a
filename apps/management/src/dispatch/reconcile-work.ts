import type { Job } from '#shared/contracts/jobs.js';
import { laneName, type Lane } from '#shared/queue/lane.js';
import type { WorkQueue } from '#shared/queue/work-queue.js';
import { decideReconcile } from './reconcile-decision.js';
import type { ReconciledWork, StaleWork } from './reconciled-work.js';

/** Small enough to hold with its inputs, large enough that a lost queue of 100,000 is put back in a few hundred reads. */
const PAGE_SIZE = 200;

/** The most rows that a list gives. */
const LARGEST_PAGE = 1000;

export interface ReconcileCounts {
  redispatched: number;
  abandoned: number;
  cancelled: number;
}

export interface ReconcileLimits {
  readonly reconcileSilentSeconds: number;
  readonly maxDispatches: number;
}

/**
 * Compares one kind of work with the queue, page by page. What was mended is not silent any more and leaves the list, so the
 * next page holds others. A full page that needed nothing hides what is behind it: then a longer one is read. Behind a
 * thousand that are in good order nothing is looked for; they are the oldest, and as they end the list moves on.
 *
 * A dispatch is counted before its job is enqueued: if the queue goes away in between, a count is used up, never a run doubled.
 */
export async function reconcileWork<Work extends StaleWork>(
  kind: ReconciledWork<Work>,
  queue: WorkQueue,
  limits: ReconcileLimits,
  isStopping: () => boolean,
): Promise<ReconcileCounts> {
  const counts: ReconcileCounts = { redispatched: 0, abandoned: 0, cancelled: 0 };
  for (let limit = PAGE_SIZE; !isStopping();) {
    const page = await kind.listStale(limits.reconcileSilentSeconds, limit);
    if (page.length === 0) break;
    const mended = await reconcilePage(kind, page, queue, limits, counts);
    if (page.length < limit || (mended === 0 && limit === LARGEST_PAGE)) break;
    if (mended === 0) limit = Math.min(limit * 2, LARGEST_PAGE);
  }
  return counts;
}

async function reconcilePage<Work extends StaleWork>(
  kind: ReconciledWork<Work>,
  page: readonly Work[],
  queue: WorkQueue,
  limits: ReconcileLimits,
  counts: ReconcileCounts,
): Promise<number> {
  const lanes = byLane(kind, page);
  const known = await knownOf(lanes, queue);
  const jobs = new Map<string, Job>();
  // All at once: the writes are independent. A failed one must not keep the jobs of the others from the queue.
  const writes = await Promise.allSettled(
    page.map((work) => mend(kind, work, known.has(work.id), limits.maxDispatches, counts, jobs)),
  );
  for (const { lane, works } of lanes) {
    const put = works.flatMap(({ id }) => jobs.get(id) ?? []);
    if (put.length > 0) await queue.enqueue(lane, put);
  }
  const failed = writes.find((write) => write.status === 'rejected');
  if (failed) throw failed.reason;
  return writes.filter((write) => write.status === 'fulfilled' && write.value).length;
}

interface LaneWorks<Work> {
  readonly lane: Lane;
  readonly works: Work[];
}

function byLane<Work extends StaleWork>(
  kind: ReconciledWork<Work>,
  page: readonly Work[],
): readonly LaneWorks<Work>[] {
  const lanes = new Map<string, LaneWorks<Work>>();
  for (const work of page) {
    const lane = kind.laneOf(work);
    const name = laneName(lane);
    const those = lanes.get(name) ?? { lane, works: [] };
    those.works.push(work);
    lanes.set(name, those);
  }
  return [...lanes.values()];
}

async function knownOf(
  lanes: readonly LaneWorks<StaleWork>[],
  queue: WorkQueue,
): Promise<ReadonlySet<string>> {
  const known = lanes.map(({ lane, works }) =>
    queue.known(
      lane,
      works.map(({ id }) => id),
    ),
  );
  return new Set((await Promise.all(known)).flatMap((ids) => [...ids]));
}

/** True when something was changed. */
async function mend<Work extends StaleWork>(
  kind: ReconciledWork<Work>,
  work: Work,
  known: boolean,
  maxDispatches: number,
  counts: ReconcileCounts,
  jobs: Map<string, Job>,
): Promise<boolean> {
  const action = decideReconcile({ ...work, known }, maxDispatches);
  switch (action) {
    case 'leave':
      return false;
    case 'redispatch':
      if (!(await kind.redispatch(work))) return false;
      jobs.set(work.id, kind.nextJob(work));
      counts.redispatched += 1;
      return true;
    case 'abandon':
      if (!(await kind.abandon(work))) return false;
      counts.abandoned += 1;
      return true;
    case 'cancel':
      if (!(await kind.cancel(work))) return false;
      counts.cancelled += 1;
      return true;
  }
}
