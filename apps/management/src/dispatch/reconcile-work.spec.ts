import { describe, expect, it } from '@jest/globals';
import type { Job } from '#shared/contracts/jobs.js';
import { UnavailableError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import type { Lane } from '#shared/queue/lane.js';
import { InMemoryWorkQueue } from '../../../../test/support/doubles/in-memory-work-queue.js';
import { indexJob } from './job-making.js';
import { ReconciledWork } from './reconciled-work.js';
import type { StaleWork } from './reconciled-work.js';
import { reconcileWork } from './reconcile-work.js';

const LANE = { pool: 'default', os: 'linux', urgency: 'interactive' } as const;
const OTHER_LANE = { ...LANE, pool: 'servers' } as const;
const LIMITS = { reconcileSilentSeconds: 1, maxDispatches: 3 };
const goesOn = (): boolean => false;

interface Promised extends StaleWork {
  readonly fresh: boolean;
  readonly lane: Lane;
}

/** Promises in memory: what was dispatched again is not stale any more. */
class Promises extends ReconciledWork<Promised> {
  readonly noun = 'things';
  readonly ended: [string, string][] = [];
  readonly rows = new Map<string, Promised>();
  /** Ids whose compare-and-set fails: another instance was first. */
  readonly taken = new Set<string>();
  /** Ids whose write throws. */
  readonly broken = new Set<string>();

  add(change: Partial<Promised> = {}): string {
    const row = { id: newId(), dispatchCount: 1, unwanted: false, fresh: false, lane: LANE, ...change };
    this.rows.set(row.id, row);
    return row.id;
  }

  laneOf({ lane }: Promised): Lane {
    return lane;
  }

  async listStale(_: number, limit: number): Promise<readonly Promised[]> {
    return [...this.rows.values()].filter((row) => !row.fresh).slice(0, limit);
  }

  async redispatch(work: Promised): Promise<boolean> {
    if (this.broken.has(work.id)) throw new UnavailableError('SQL is switched off by the test.');
    if (this.taken.has(work.id)) return false;
    this.rows.set(work.id, { ...work, dispatchCount: work.dispatchCount + 1, fresh: true });
    return true;
  }

  nextJob(work: Promised): Job {
    return indexJob(work.id, { digest: 'd', sizeBytes: work.dispatchCount + 1, container: {} }, 'nobody', 0);
  }

  abandon(work: Promised): Promise<boolean> {
    return this.end(work, 'abandoned');
  }

  cancel(work: Promised): Promise<boolean> {
    return this.end(work, 'cancelled');
  }

  private async end(work: Promised, how: string): Promise<boolean> {
    this.rows.delete(work.id);
    this.ended.push([work.id, how]);
    return true;
  }
}

describe('reconcileWork', () => {
  it('puts lost work back with its next dispatch, and leaves what the queue has', async () => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    const lost = promises.add();
    const queued = promises.add();
    await queue.enqueue(LANE, [promises.nextJob(promises.rows.get(queued)!)]);
    queue.take(LANE);

    const counts = await reconcileWork(promises, queue, LIMITS, goesOn);

    expect(counts).toEqual({ redispatched: 1, abandoned: 0, cancelled: 0 });
    expect(queue.waiting(LANE)).toMatchObject([{ id: lost, packageSizeBytes: 2 }]);
    expect(promises.rows.get(queued)?.dispatchCount).toBe(1);
  });

  it('looks for each piece of work on its own lane, and puts it back there', async () => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    const lost = promises.add({ lane: OTHER_LANE });
    const queued = promises.add({ lane: OTHER_LANE });
    const lostHere = promises.add();
    await queue.enqueue(OTHER_LANE, [promises.nextJob(promises.rows.get(queued)!)]);
    queue.take(OTHER_LANE);

    await reconcileWork(promises, queue, LIMITS, goesOn);

    expect(queue.waiting(OTHER_LANE)).toMatchObject([{ id: lost }]);
    expect(queue.waiting(LANE)).toMatchObject([{ id: lostHere }]);
  });

  it('ends what was lost too often and what nobody wants', async () => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    const poison = promises.add({ dispatchCount: 3 });
    const unwanted = promises.add({ unwanted: true });

    const counts = await reconcileWork(promises, queue, LIMITS, goesOn);

    expect(counts).toEqual({ redispatched: 0, abandoned: 1, cancelled: 1 });
    expect(promises.ended).toEqual([
      [poison, 'abandoned'],
      [unwanted, 'cancelled'],
    ]);
    expect(queue.waiting(LANE)).toEqual([]);
  });

  it('enqueues nothing that another instance has dispatched', async () => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    promises.taken.add(promises.add());

    const counts = await reconcileWork(promises, queue, LIMITS, goesOn);

    expect(counts.redispatched).toBe(0);
    expect(queue.waiting(LANE)).toEqual([]);
  });

  it('goes through any number of pages after the queue was flushed', async () => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    for (let n = 0; n < 1001; n += 1) promises.add();

    expect(await reconcileWork(promises, queue, LIMITS, goesOn)).toMatchObject({ redispatched: 1001 });
    expect(queue.waiting(LANE)).toHaveLength(1001);
  });

  it.each([500, 5000])('comes to an end when %i are in good order', async (count) => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    for (let n = 0; n < count; n += 1) promises.add();
    await queue.enqueue(
      LANE,
      [...promises.rows.values()].map((row) => promises.nextJob(row)),
    );

    expect(await reconcileWork(promises, queue, LIMITS, goesOn)).toMatchObject({ redispatched: 0 });
  });

  it('finds what was lost behind a full page that is in good order', async () => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    for (let n = 0; n < 700; n += 1) promises.add();
    await queue.enqueue(
      LANE,
      [...promises.rows.values()].map((row) => promises.nextJob(row)),
    );
    promises.add();

    expect(await reconcileWork(promises, queue, LIMITS, goesOn)).toMatchObject({ redispatched: 1 });
  });

  it('begins no page once it is to stop', async () => {
    const promises = new Promises();
    promises.add();

    const counts = await reconcileWork(promises, new InMemoryWorkQueue(), LIMITS, () => true);
    expect(counts.redispatched).toBe(0);
  });

  it('enqueues what it could count although a write of another failed, and then says so', async () => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    promises.broken.add(promises.add());
    const lost = promises.add();

    await expect(reconcileWork(promises, queue, LIMITS, goesOn)).rejects.toThrow(UnavailableError);
    expect(queue.waiting(LANE)).toMatchObject([{ id: lost }]);
  });

  it('counts no dispatch while the queue is away', async () => {
    const queue = new InMemoryWorkQueue();
    const promises = new Promises();
    const lost = promises.add();
    queue.unreachable = true;

    await expect(reconcileWork(promises, queue, LIMITS, goesOn)).rejects.toThrow(UnavailableError);
    expect(promises.rows.get(lost)?.dispatchCount).toBe(1);
  });
});
