import { describe, expect, it } from '@jest/globals';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { NotificationContent, NotificationTarget } from '#shared/domain/notifications/notification.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { NewNotification, Telling, ToldFacts, Untold } from '#shared/store/notification-store.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newRun } from './samples.js';

const DAY = 86_400;
const HOOK: NotificationTarget = { kind: 'webhook', url: 'https://hooks.example.org/x', secretName: 'ops' };
const MAIL: NotificationTarget = { kind: 'email', address: 'ops@example.org' };
const CONTENT: NotificationContent = {
  event: 'failed',
  app: 'billing',
  batch: 'invoices',
  runId: newId(),
  state: 'failed',
  cause: 'schedule',
  businessDate: '2026-11-30',
  plannedAt: null,
  startedAt: null,
  endedAt: null,
  deadlineAt: null,
  items: { total: 1, succeeded: 0, failed: 1, cancelled: 0 },
  failuresInARow: 1,
  failure: { type: 'Error', message: 'Ärger' },
  message: 'It failed.',
  runUrl: 'http://nightjar/api/v1/batches/runs/x',
  happenedAt: '2026-11-30T06:00:00.000Z',
};

function toSay(
  event: NewNotification['event'],
  ...targets: readonly NotificationTarget[]
): NewNotification[] {
  return targets.map((target) => ({ id: newId(), event, target, content: { ...CONTENT, event } }));
}

function saying(due: Telling['due']): Telling {
  return { wants: () => true, due };
}

/** What others left untold in the same database is not this test's. */
async function untoldOf(stores: Stores, runId: string): Promise<readonly Untold[]> {
  return (await stores.notifications.listUntold(1000)).filter((one) => one.runId === runId);
}

async function endedRun(
  stores: Stores,
  app: AppVersion,
  state: 'succeeded' | 'failed',
  more: Partial<NewBatchRun> = {},
): Promise<Untold> {
  const { run } = await stores.batches.createRun(newRun(app, 0, more));
  if (state === 'succeeded') await stores.batches.endRunIfDue(run.id);
  else await stores.batches.failRun(run.id, { source: 'platform', type: 'Error', message: '' });
  return { kind: 'ended', runId: run.id };
}

/** The notifications that a run of its own has. */
async function said(stores: Stores, ...targets: readonly NotificationTarget[]): Promise<Untold> {
  const untold = await endedRun(stores, await activeApp(stores), 'failed');
  await stores.notifications.tell(
    untold,
    saying(() => toSay('failed', ...targets)),
    DAY,
  );
  return untold;
}

/** Claims what is due, and gives what is of this run. */
async function claimOf(stores: Stores, runId: string, leaseSeconds = 60) {
  const claimed = await stores.notifications.claimDue(1000, leaseSeconds);
  const { rows } = await stores.notifications.list({ limit: 1000 }, { runId });
  const ids = new Set(rows.map(({ id }) => id));
  return claimed.filter(({ id }) => ids.has(id));
}

/** `NotificationStore`. */
export function describeNotifications(stores: StoresUnderTest): void {
  describe('NotificationStore, deciding', () => {
    it('tells of an end once, whoever looks', async () => {
      const untold = await endedRun(stores.one, await activeApp(stores.one), 'failed');
      expect(await untoldOf(stores.other, untold.runId)).toEqual([untold]);
      const tell = (store: Stores) =>
        store.notifications.tell(
          untold,
          saying(() => toSay('failed', HOOK, MAIL)),
          DAY,
        );
      const written = await Promise.all([stores.one, stores.other, stores.one].map(tell));
      expect(written.toSorted()).toEqual([2, null, null]);
      expect(await untoldOf(stores.one, untold.runId)).toEqual([]);
      const { rows } = await stores.other.notifications.list({ limit: 10 }, { runId: untold.runId });
      expect(rows.map(({ target }) => target)).toEqual([MAIL, HOOK]);
      expect(rows[0]).toEqual({
        id: expect.any(String),
        runId: untold.runId,
        event: 'failed',
        target: MAIL,
        content: CONTENT,
        state: 'waiting',
        attempts: 0,
        createdAt: expect.any(Date),
        nextTryAt: expect.any(Date),
        endedAt: null,
        lastError: null,
      });
      expect(await stores.one.notifications.find(rows[0]?.id ?? '')).toEqual(rows[0]);
    });

    it('does not mark what could not be decided', async () => {
      const untold = await endedRun(stores.one, await activeApp(stores.one), 'failed');
      const broken = (): never => {
        throw new Error('broken');
      };
      await expect(stores.one.notifications.tell(untold, saying(broken), DAY)).rejects.toThrow('broken');
      expect(await untoldOf(stores.one, untold.runId)).toEqual([untold]);
    });

    it('shows the failures since the last success, and which were said; replays are none', async () => {
      const app = await activeApp(stores.one);
      const seen: ToldFacts['failedBefore'][] = [];
      const tell = async (untold: Untold, say: boolean): Promise<number | null> =>
        stores.one.notifications.tell(
          untold,
          saying(({ failedBefore }) => {
            seen.push(failedBefore);
            return say ? toSay('failed', HOOK) : [];
          }),
          DAY,
        );
      await tell(await endedRun(stores.one, app, 'failed'), true);
      await tell(await endedRun(stores.one, app, 'succeeded'), false);
      await tell(await endedRun(stores.one, app, 'failed'), false);
      await tell(await endedRun(stores.one, app, 'failed', { cause: 'replay' }), false);
      await tell(await endedRun(stores.one, app, 'failed', { name: 'another batch' }), false);
      await tell(await endedRun(stores.one, app, 'failed'), true);
      await tell(await endedRun(stores.one, app, 'succeeded'), false);
      const quiet = { state: 'failed', alerted: false };
      const loud = { state: 'failed', alerted: true };
      expect(seen).toEqual([[], [loud], [], [quiet], [], [quiet], [loud, quiet]]);
    });

    it('only marks what nobody wants to hear of, in whatever order', async () => {
      const app = await activeApp(stores.one);
      const nobody: Telling = {
        wants: () => false,
        due: () => {
          throw new Error('asked');
        },
      };
      const first = await endedRun(stores.one, app, 'failed');
      const second = await endedRun(stores.one, app, 'failed');
      expect(await stores.one.notifications.tell(second, nobody, DAY)).toBe(0);
      expect(await stores.one.notifications.tell(second, nobody, DAY)).toBeNull();
      expect(await stores.one.notifications.tell(first, nobody, DAY)).toBe(0);
      expect(await untoldOf(stores.one, first.runId)).toEqual([]);
    });

    it('tells of the ends of a batch in their order', async () => {
      const app = await activeApp(stores.one);
      const [first, second] = [
        await endedRun(stores.one, app, 'failed'),
        await endedRun(stores.one, app, 'succeeded'),
      ];
      const tell = (untold: Untold) =>
        stores.one.notifications.tell(
          untold,
          saying(() => []),
          DAY,
        );
      expect(await tell(second)).toBeNull();
      expect(await tell(first)).toBe(0);
      expect(await tell(second)).toBe(0);
    });

    it('notices a deadline that has passed once, and says late once for it and for the end', async () => {
      const app = await activeApp(stores.one);
      const deadlineAt = new Date(Date.now() - 60_000);
      const { run } = await stores.one.batches.createRun(newRun(app, 0, { deadlineAt }));
      const { run: early } = await stores.one.batches.createRun(
        newRun(app, 0, { deadlineAt: new Date(Date.now() + 3_600_000) }),
      );
      await Promise.all(
        [stores.one, stores.other].map((each) => each.notifications.recordPassedDeadlines(1000)),
      );
      expect(await stores.one.notifications.recordPassedDeadlines(1000)).toBe(0);
      const [late, ...more] = await untoldOf(stores.one, run.id);
      expect([late?.kind, more]).toEqual(['event', []]);
      expect(await untoldOf(stores.one, early.id)).toEqual([]);
      if (!late) return;
      const sayLate = saying(({ event }) => {
        expect([null, 'late']).toContain(event?.kind ?? null);
        return toSay('late', HOOK);
      });
      expect(await stores.one.notifications.tell(late, sayLate, DAY)).toBe(1);
      expect(await stores.other.notifications.tell(late, sayLate, DAY)).toBeNull();
      await stores.one.batches.endRunIfDue(run.id);
      const end = { kind: 'ended', runId: run.id } as const;
      expect(await stores.one.notifications.tell(end, sayLate, DAY)).toBe(0);
      await stores.one.batches.cancelRun(early.id);
    });

    it('takes as many receivers as a definition may name', async () => {
      const targets = Array.from({ length: 120 }, (_, index) => ({
        kind: 'email' as const,
        address: `p${index}@example.org`,
      }));
      const { runId } = await said(stores.one, ...targets);
      const { rows } = await stores.one.notifications.list({ limit: 1000 }, { runId });
      expect(rows).toHaveLength(120);
      for (const claim of await claimOf(stores.one, runId)) await stores.one.notifications.recordSent(claim);
    });

    it('knows nothing of a run that is gone', async () => {
      const untold = await said(stores.one, HOOK);
      await stores.one.retention.beginRemoval(untold.runId);
      await stores.one.retention.removeSome(untold.runId, 100);
      const { rows } = await stores.one.notifications.list({ limit: 10 }, { runId: untold.runId });
      expect(rows).toEqual([]);
      const again = saying(() => toSay('failed', HOOK));
      expect(await stores.one.notifications.tell(untold, again, DAY)).toBeNull();
      expect(await stores.one.notifications.find(newId())).toBeNull();
    });
  });

  describe('NotificationStore, sending', () => {
    it('gives what is due to one of those who ask', async () => {
      const { runId } = await said(stores.one, HOOK);
      const claims = await Promise.all([
        claimOf(stores.one, runId),
        claimOf(stores.other, runId),
        claimOf(stores.one, runId),
      ]);
      expect(claims.flat()).toEqual([
        {
          id: expect.any(String),
          target: HOOK,
          content: CONTENT,
          attempt: 1,
          secondsLeft: expect.any(Number),
        },
      ]);
      const [claim] = claims.flat();
      if (!claim) return;
      expect(claim.secondsLeft).toBeGreaterThan(DAY - 60);
      expect(claim.secondsLeft).toBeLessThanOrEqual(DAY);
      expect(await stores.one.notifications.recordSent(claim)).toBe(true);
      expect(await stores.one.notifications.recordSent(claim)).toBe(false);
      expect(await stores.one.notifications.find(claim.id)).toMatchObject({
        state: 'sent',
        attempts: 1,
        nextTryAt: null,
        endedAt: expect.any(Date),
      });
      expect(await claimOf(stores.one, runId)).toEqual([]);
    });

    it('gives it again when a lease has ended, and takes nothing from whoever had it before', async () => {
      const { runId } = await said(stores.one, HOOK);
      const [lost] = await claimOf(stores.one, runId, 0);
      const [held] = await claimOf(stores.other, runId, 60);
      expect([lost?.attempt, held?.attempt]).toEqual([1, 2]);
      if (!lost || !held) return;
      expect(await stores.one.notifications.recordSent(lost)).toBe(false);
      expect(await stores.one.notifications.recordFailed(lost, 'slow', null)).toBe(false);
      expect(await stores.other.notifications.recordFailed(held, 'HTTP 500', 0)).toBe(true);
      expect(await stores.one.notifications.find(held.id)).toMatchObject({
        state: 'waiting',
        attempts: 2,
        lastError: 'HTTP 500',
      });
      const [third] = await claimOf(stores.one, runId);
      expect(third?.attempt).toBe(3);
      if (third) await stores.one.notifications.recordSent(third);
    });

    it('waits until the next try, and tries what is dead only when asked', async () => {
      const { runId } = await said(stores.one, MAIL);
      const { notifications } = stores.one;
      const [first] = await claimOf(stores.one, runId);
      if (!first) throw new Error('Nothing was due.');
      await notifications.recordFailed(first, 'refused', 3600);
      expect(await claimOf(stores.one, runId)).toEqual([]);
      expect(await notifications.retry(first.id, DAY)).toBe(false);
      const nextDue = await notifications.nextDueInMs();
      expect(nextDue).not.toBeNull();
      expect(nextDue).toBeLessThanOrEqual(3_600_000);
      const { runId: other } = await said(stores.one, MAIL);
      const [second] = await claimOf(stores.one, other);
      if (!second) throw new Error('Nothing was due.');
      await notifications.recordFailed(second, 'gone', null);
      expect(await notifications.find(second.id)).toMatchObject({ state: 'dead', lastError: 'gone' });
      expect(await claimOf(stores.one, other)).toEqual([]);
      const { rows } = await notifications.list({ limit: 1 }, { state: 'dead', runId: other });
      expect(rows.map(({ id }) => id)).toEqual([second.id]);
      expect(await notifications.retry(second.id, DAY)).toBe(true);
      const [again] = await claimOf(stores.one, other);
      expect(again?.attempt).toBe(2);
      if (again) await notifications.recordSent(again);
    });

    it('lists pages, the newest first', async () => {
      const { runId } = await said(stores.one, HOOK, MAIL);
      const first = await stores.one.notifications.list({ limit: 1 }, { runId });
      const second = await stores.one.notifications.list({ limit: 1, after: first.next }, { runId });
      expect([...first.rows, ...second.rows].map(({ target }) => target)).toEqual([MAIL, HOOK]);
      expect(second.next).toBeUndefined();
      for (const claim of await claimOf(stores.one, runId)) await stores.one.notifications.recordSent(claim);
    });
  });
}
