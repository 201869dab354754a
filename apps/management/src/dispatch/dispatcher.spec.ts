import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InvocationJob } from '#shared/contracts/jobs.js';
import { UnavailableError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { fenceOf, type InvocationOutcome } from '#shared/domain/invocation.js';
import type { NewInvocation } from '#shared/store/invocation-store.js';
import { matchmakerOver } from '../../../../test/support/matchmaker.js';
import { InMemoryReplyInbox } from '../../../../test/support/doubles/in-memory-reply-inbox.js';
import { InMemoryWorkQueue } from '../../../../test/support/doubles/in-memory-work-queue.js';
import {
  activateApp,
  functionWith,
  openTempStores,
  type TempStores,
} from '../../../../test/support/temp-stores.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { Dispatcher } from './dispatcher.js';
import { InvocationPromises } from './invocation-promises.js';
import { lanesOf } from './lanes.js';
import { OutcomeWaiter } from './outcome-waiter.js';
import { QueueTrouble } from './queue-trouble.js';
import { reconcileWork } from './reconcile-work.js';

const SETTINGS = {
  pool: 'default',
  os: 'linux',
  reconcileIntervalSeconds: 60,
  reconcileSilentSeconds: 0,
  maxDispatches: 5,
} as const;
const { interactive: LANE } = lanesOf(SETTINGS);
const REQUEST = { method: 'GET', url: 'http://host/api/hello', headers: {}, query: {}, params: {} };

Logger.overrideLogger(false);

describe('Dispatcher', () => {
  let stores: TempStores;
  let version: AppVersion;
  let queue: InMemoryWorkQueue;
  let inbox: InMemoryReplyInbox;
  let dispatcher: Dispatcher;
  let troubles: number;

  beforeEach(async () => {
    stores = await openTempStores('dispatcher');
    version = await activateApp(stores, 'shop', [functionWith('hello', { type: 'httpTrigger' })]);
    queue = new InMemoryWorkQueue();
    inbox = new InMemoryReplyInbox();
    troubles = 0;
    const trouble = new QueueTrouble();
    trouble.listen(() => (troubles += 1));
    const outcomes = new OutcomeWaiter(inbox, stores.invocations);
    const { invocations, schedules } = stores;
    dispatcher = new Dispatcher(
      SETTINGS,
      queue,
      inbox,
      invocations,
      schedules,
      outcomes,
      trouble,
      matchmakerOver(stores, SETTINGS),
    );
  });

  afterEach(async () => {
    expect(inbox.waiting).toBe(0);
    await stores.dispose();
  });

  const call = (waitMs: number) =>
    dispatcher.callFunction({ version, definition: { name: 'hello' }, request: REQUEST, waitMs });

  const promise = (change: Partial<NewInvocation> = {}): NewInvocation => ({
    id: newId(),
    appId: version.appId,
    appVersionId: version.id,
    functionName: 'hello',
    trigger: 'http',
    input: { kind: 'http', request: REQUEST },
    ...change,
  });

  const taken = (): InvocationJob => queue.take(LANE) as InvocationJob;

  /** What a worker commits of a job that it was handed for the first time. */
  const outcomeOf = (job: InvocationJob, text = 'hi'): InvocationOutcome => ({
    id: job.id,
    fence: fenceOf(job.dispatchCount, 1),
    appId: job.appId,
    appVersionId: job.appVersionId,
    functionName: job.functionName,
    trigger: job.trigger,
    state: 'succeeded',
    input: job.input,
    output: { http: { statusCode: 200, headers: {}, body: text } },
    attempts: [],
    logs: [],
    logsTruncated: false,
    machineId: newId(),
    coldStart: false,
    acceptedAt: new Date(job.acceptedAt),
    startedAt: new Date(),
    endedAt: new Date(),
  });

  const reconcile = () =>
    reconcileWork(
      new InvocationPromises(SETTINGS, stores.invocations, matchmakerOver(stores, SETTINGS)),
      queue,
      SETTINGS,
      () => false,
    );

  describe('calling a function', () => {
    it('enqueues without a row and gives the reply', async () => {
      const calling = call(5000);
      const job = await waitFor(() => taken(), { timeoutMs: 1000, intervalMs: 1 });
      inbox.deliver({ kind: 'invocation', id: job.id, state: 'succeeded' });

      expect(await calling).toMatchObject({ state: 'replied', id: job.id, reply: { state: 'succeeded' } });
      expect(job).toMatchObject({ dispatchCount: 0, trigger: 'http', replyTo: 'in-memory' });
      expect(await stores.invocations.find(job.id)).toBeNull();
    });

    it('fails at once when the queue is away, and leaves nothing behind', async () => {
      queue.unreachable = true;
      await expect(call(5000)).rejects.toThrow(UnavailableError);
      expect((await stores.invocations.list({}, { limit: 10 })).rows).toEqual([]);
    });

    it('becomes a promise when its wait runs out, without being enqueued again', async () => {
      const result = await call(5);

      expect(result.state).toBe('stillRunning');
      expect(await stores.invocations.find(result.id)).toMatchObject({ state: 'queued' });
      expect(queue.waiting(LANE)).toMatchObject([{ id: result.id, dispatchCount: 0 }]);
    });

    it('is left alone by the reconciler while the queue has its job, and ends with its outcome', async () => {
      const { id } = await call(5);
      const job = taken();

      expect(await reconcile()).toMatchObject({ redispatched: 0 });
      expect(await stores.invocations.recordOutcomes([outcomeOf(job)])).toEqual({ refusedIds: [] });
      queue.finish(LANE, id);
      expect(await stores.invocations.find(id)).toMatchObject({ state: 'succeeded' });
      expect(await reconcile()).toMatchObject({ redispatched: 0 });
    });

    it('is put back when the queue has lost it, and the lost attempt is refused', async () => {
      const { id } = await call(5);
      const lost = taken();
      queue.flush();

      expect(await reconcile()).toMatchObject({ redispatched: 1 });
      const again = taken();
      expect(again).toMatchObject({ id, dispatchCount: 2, input: lost.input });
      expect(await stores.invocations.claim(id, fenceOf(again.dispatchCount, 1))).toBe(true);
      expect(await stores.invocations.recordOutcomes([outcomeOf(lost, 'late')])).toEqual({
        refusedIds: [id],
      });
      await stores.invocations.recordOutcomes([outcomeOf(again, 'newest')]);
      expect((await stores.invocations.find(id))?.output?.http?.body).toBe('newest');
    });

    it('keeps the outcome that was committed just before its wait ran out', async () => {
      const calling = call(60);
      const job = await waitFor(() => taken(), { timeoutMs: 1000, intervalMs: 1 });
      await stores.invocations.recordOutcomes([outcomeOf(job)]);
      queue.finish(LANE, job.id);

      expect(await calling).toEqual({ state: 'stillRunning', id: job.id });
      expect(await stores.invocations.find(job.id)).toMatchObject({ state: 'succeeded' });
      expect(await reconcile()).toMatchObject({ redispatched: 0 });
    });
  });

  describe('accepting promises', () => {
    it('writes the row before the job', async () => {
      const invocation = promise();
      expect(await dispatcher.accept([invocation])).toEqual([{ id: invocation.id, isNew: true }]);
      expect(await stores.invocations.find(invocation.id)).toMatchObject({ state: 'queued' });
      expect(queue.waiting(LANE)).toMatchObject([{ id: invocation.id, dispatchCount: 1 }]);
    });

    it('is one invocation when an idempotency key comes twice', async () => {
      const [first] = await dispatcher.accept([promise({ idempotencyKey: 'k' })]);
      const again = await dispatcher.accept([promise({ idempotencyKey: 'k' }), promise()]);

      expect(again).toMatchObject([{ id: first?.id, isNew: false }, { isNew: true }]);
      expect(queue.waiting(LANE)).toHaveLength(2);
    });

    it('keeps the promise while the queue is away', async () => {
      queue.unreachable = true;
      const invocation = promise({ trigger: 'queue', input: { kind: 'queue', message: 'm' } });
      await dispatcher.accept([invocation]);
      expect(troubles).toBe(1);

      queue.unreachable = false;
      await reconcile();
      expect(queue.waiting(LANE)).toMatchObject([
        { id: invocation.id, dispatchCount: 2, input: invocation.input },
      ]);
    });

    it('runs nothing twice when the queue took the job and its answer got lost', async () => {
      queue.answersGetLost = true;
      await dispatcher.accept([promise()]);
      queue.answersGetLost = false;

      expect(await reconcile()).toMatchObject({ redispatched: 0 });
      expect(queue.waiting(LANE)).toHaveLength(1);
    });

    it('gives up what was lost as often as it may be dispatched, with a failure that says so', async () => {
      const invocation = promise();
      await dispatcher.accept([invocation]);
      for (let dispatch = 1; dispatch < SETTINGS.maxDispatches; dispatch += 1) {
        queue.flush();
        expect(await reconcile()).toMatchObject({ redispatched: 1 });
      }
      queue.flush();
      expect(await reconcile()).toMatchObject({ redispatched: 0, abandoned: 1 });
      expect(await stores.invocations.find(invocation.id)).toMatchObject({
        state: 'abandoned',
        failure: { source: 'platform', message: expect.stringContaining('5 times') },
      });
    });
  });

  describe('accepting an occurrence of a schedule', () => {
    const plannedAt = new Date('2026-11-24T03:00:00Z');

    beforeEach(async () => {
      await stores.catalogue.activateVersion({
        ...version,
        id: newId(),
        schedules: [
          { functionName: 'hello', expression: '0 0 3 * * *', useMonitor: true, runOnStartup: false },
        ],
      });
    });

    it('enqueues it once, whoever else claims it', async () => {
      const [schedule] = await stores.schedules.listActive();
      const claim = () => dispatcher.acceptOccurrence(schedule!.id, plannedAt, promise({ trigger: 'timer' }));
      expect(await claim()).toBe('claimed');
      expect(await claim()).toBe('taken');
      expect(queue.waiting(LANE)).toMatchObject([{ trigger: 'timer', dispatchCount: 1 }]);
    });

    it('enqueues nothing for one that is skipped', async () => {
      const [schedule] = await stores.schedules.listActive();
      expect(await dispatcher.acceptOccurrence(schedule!.id, plannedAt, null)).toBe('claimed');
      expect(queue.waiting(LANE)).toEqual([]);
    });
  });

  describe('waiting for a promise', () => {
    it('gives the reply as soon as it comes', async () => {
      const invocation = promise();
      await dispatcher.accept([invocation]);
      const waiting = dispatcher.waitFor(invocation.id, 5000);
      inbox.deliver({ kind: 'invocation', id: invocation.id, state: 'failed' });
      expect(await waiting).toMatchObject({ state: 'replied', reply: { state: 'failed' } });
    });

    it('finds an outcome that is in SQL already', async () => {
      const invocation = promise();
      await dispatcher.accept([invocation]);
      await stores.invocations.recordOutcomes([outcomeOf(taken())]);
      expect(await dispatcher.waitFor(invocation.id, 5000)).toMatchObject({
        state: 'replied',
        reply: { state: 'succeeded', output: { http: { body: 'hi' } } },
      });
    });

    it('finds an outcome whose reply went elsewhere', async () => {
      const invocation = promise();
      await dispatcher.accept([invocation]);
      const waiting = dispatcher.waitFor(invocation.id, 5000);
      await stores.invocations.recordOutcomes([outcomeOf(taken())]);
      expect(await waiting).toMatchObject({ state: 'replied', reply: { state: 'succeeded' } });
    });

    it('says that it goes on when the wait runs out', async () => {
      const invocation = promise();
      await dispatcher.accept([invocation]);
      expect(await dispatcher.waitFor(invocation.id, 30)).toEqual({
        state: 'stillRunning',
        id: invocation.id,
      });
    });
  });

  describe('indexing a package', () => {
    const package_ = { digest: 'a'.repeat(64), sizeBytes: 5, container: { pids: 16 } };

    it('gives what the worker found', async () => {
      const indexing = dispatcher.indexPackage({ ...package_, appId: version.appId, timeoutMs: 5000 });
      const job = await waitFor(() => queue.take(LANE), { timeoutMs: 1000, intervalMs: 1 });
      inbox.deliver({ kind: 'index', id: job.id, problems: ['bad'], functions: [], host: null });
      expect(await indexing).toMatchObject({ problems: ['bad'] });
      expect(job).toMatchObject({
        kind: 'index',
        packageDigest: package_.digest,
        packageSizeBytes: 5,
        container: { pids: 16 },
      });
    });

    it('takes the job back when nobody answers in time', async () => {
      expect(await dispatcher.indexPackage({ ...package_, appId: version.appId, timeoutMs: 5 })).toBeNull();
      expect(queue.waiting(LANE)).toEqual([]);
    });
  });
});
