import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { Notification, NotificationTarget } from '#shared/domain/notifications/notification.js';
import {
  activateApp,
  functionWith,
  openTempStores,
  type TempStores,
} from '../../../../../test/support/temp-stores.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { contentOf } from '../telling/notification-content.js';
import { Courier } from './courier.js';
import { Delivery } from './delivery.js';
import { DeliveryError } from './delivery-error.js';

const TARGET: NotificationTarget = { kind: 'webhook', url: 'http://receiver/' };
const SETTINGS = { notificationTimeoutSeconds: 1, notificationRetrySeconds: 3600 };

type Receive = (id: string, signal: AbortSignal) => Promise<void>;

/** A receiver that does as it is told. */
class ScriptedDelivery extends Delivery {
  constructor(private readonly receive: Receive) {
    super(undefined as never, undefined as never);
  }

  override deliver(...[id, , , signal]: Parameters<Delivery['deliver']>): Promise<void> {
    return this.receive(id, signal);
  }
}

describe('Courier', () => {
  let stores: TempStores;
  let runId: string;
  beforeEach(async () => {
    stores = await openTempStores('courier');
    const app = await activateApp(stores, 'billing', [functionWith('invoice', { type: 'queueTrigger' })]);
    const { run } = await stores.batches.createRun({
      id: newId(),
      name: 'invoices',
      appId: app.appId,
      appVersionId: app.id,
      functionName: 'invoice',
      inputDigest: '',
      inputSizeBytes: 0,
      itemsTotal: 0,
    });
    runId = run.id;
    await stores.batches.endRunIfDue(runId);
  });
  afterEach(() => stores.dispose());

  const courier = (receive: Receive): Courier =>
    new Courier(SETTINGS, stores.notifications, new ScriptedDelivery(receive));
  const say = (giveUpSeconds: number): Promise<number | null> =>
    stores.notifications.tell(
      { kind: 'ended', runId },
      {
        wants: () => true,
        due: (facts) => [
          {
            id: newId(),
            event: 'succeeded',
            target: TARGET,
            content: contentOf('succeeded', facts, 'http://x'),
          },
        ],
      },
      giveUpSeconds,
    );
  const stored = async (): Promise<Notification | undefined> =>
    (await stores.notifications.list({ limit: 1 }, { runId })).rows[0];
  const refuse = (): Promise<void> => Promise.reject(new DeliveryError('not now'));

  it('waits between tries', async () => {
    await say(86_400);
    const one = courier(refuse);
    expect([await one.sendDue(), await one.sendDue()]).toEqual([1, 0]);
    const { state, attempts, lastError, nextTryAt } = (await stored()) ?? {};
    expect([state, attempts, lastError]).toEqual(['waiting', 1, 'not now']);
    expect((nextTryAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(1_800_000);
  });

  it('gives up when the time is over', async () => {
    await say(0);
    await courier(refuse).sendDue();
    expect(await stored()).toMatchObject({ state: 'dead', attempts: 1, lastError: 'not now' });
  });

  it('tries again after an error that nobody foresaw', async () => {
    await say(86_400);
    await courier(() => Promise.reject(new TypeError('a fault of ours'))).sendDue();
    expect(await stored()).toMatchObject({ state: 'waiting', attempts: 1, lastError: 'a fault of ours' });
  });

  it('ends what is under way when it stops, and leaves it to the next one at once', async () => {
    await say(86_400);
    let begun = false;
    const stopped = courier((_id, signal) => {
      begun = true;
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new DeliveryError('aborted'))),
      );
    });
    stopped.onApplicationBootstrap();
    await waitFor(() => begun, { timeoutMs: 60_000, what: 'a try' });
    await stopped.beforeApplicationShutdown();
    expect(await stored()).toMatchObject({ state: 'waiting', attempts: 1 });
    const ids: string[] = [];
    await courier((id) => Promise.resolve(void ids.push(id))).sendDue();
    expect(await stored()).toMatchObject({ id: ids[0], state: 'sent', attempts: 2 });
  });
});
