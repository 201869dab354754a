import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { matchmakerOver } from '../../../../test/support/matchmaker.js';
import { InMemoryWorkQueue } from '../../../../test/support/doubles/in-memory-work-queue.js';
import { activateApp, functionWith, openTempStores } from '../../../../test/support/temp-stores.js';
import type { TempStores } from '../../../../test/support/temp-stores.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { InvocationPromises } from './invocation-promises.js';
import { lanesOf } from './lanes.js';
import { QueueTrouble } from './queue-trouble.js';
import { Reconciler } from './reconciler.js';

/** So long an interval that whatever happens in a test was not the interval's doing. */
const SETTINGS = {
  pool: 'default',
  os: 'linux',
  reconcileIntervalSeconds: 3600,
  reconcileSilentSeconds: 0,
  maxDispatches: 5,
} as const;
const { interactive: LANE } = lanesOf(SETTINGS);
const SOON = { timeoutMs: 5000, intervalMs: 10 };

Logger.overrideLogger(false);

describe('Reconciler', () => {
  let stores: TempStores;
  let version: AppVersion;
  let queue: InMemoryWorkQueue;
  let trouble: QueueTrouble;
  let reconciler: Reconciler;

  beforeEach(async () => {
    stores = await openTempStores('reconciler');
    version = await activateApp(stores, 'shop', [functionWith('hello', { type: 'queueTrigger' })]);
    queue = new InMemoryWorkQueue();
    trouble = new QueueTrouble();
    const promises = new InvocationPromises(SETTINGS, stores.invocations, matchmakerOver(stores, SETTINGS));
    reconciler = new Reconciler(SETTINGS, queue, trouble, promises);
  });

  afterEach(async () => {
    await reconciler.beforeApplicationShutdown();
    await stores.dispose();
  });

  /** A promise whose job never reached the queue. */
  async function lostPromise(): Promise<string> {
    const id = newId();
    await stores.invocations.accept([
      {
        id,
        appId: version.appId,
        appVersionId: version.id,
        functionName: 'hello',
        trigger: 'queue',
        input: { kind: 'queue', message: 'm' },
      },
    ]);
    return id;
  }

  const queued = (id: string) => waitFor(() => queue.waiting(LANE).find((job) => job.id === id), SOON);

  it('puts back at the start what was lost before', async () => {
    const id = await lostPromise();
    reconciler.onApplicationBootstrap();
    expect(await queued(id)).toMatchObject({ dispatchCount: 2 });
  });

  it('does nothing before the application has started', async () => {
    await lostPromise();
    await sleep(50);
    expect(queue.waiting(LANE)).toEqual([]);
  });

  it('puts back what was accepted in an outage soon after the queue is back', async () => {
    reconciler.onApplicationBootstrap();
    await sleep(50);
    queue.unreachable = true;
    const id = await lostPromise();
    trouble.note();
    await sleep(50);
    queue.unreachable = false;
    expect(await queued(id)).toMatchObject({ dispatchCount: 2 });
  });

  it('finds by itself that the queue was away when it looked', async () => {
    queue.unreachable = true;
    const id = await lostPromise();
    reconciler.onApplicationBootstrap();
    await sleep(50);
    queue.unreachable = false;
    expect(await queued(id)).toMatchObject({ dispatchCount: 2 });
  });

  it('is one dispatch when two instances find the same loss', async () => {
    const id = await lostPromise();
    const other = new Reconciler(
      SETTINGS,
      queue,
      new QueueTrouble(),
      new InvocationPromises(SETTINGS, stores.invocations, matchmakerOver(stores, SETTINGS)),
    );
    await Promise.all([reconciler.reconcile(), other.reconcile()]);
    expect(queue.waiting(LANE)).toMatchObject([{ id, dispatchCount: 2 }]);
  });
});
