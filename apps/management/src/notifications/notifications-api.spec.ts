import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import {
  notificationPayloadSchema,
  type NotificationPayload,
} from '#shared/contracts/notification-payload.js';
import type { BatchNotifications } from '#shared/domain/batch-definition.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../test/support/management-in-process.js';
import { activateApp, functionWith } from '../../../../test/support/temp-stores.js';
import { makeTempFolder, removeFolder } from '../../../../test/support/temp-folder.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import type { NotificationListView, TestView } from './notification-views.js';
import { webhookHeaders } from './sending/signature.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const SCRIPT = { index: () => null, run: () => null };
const FAILURE = { source: 'platform', type: 'InputMissing', message: 'The file is gone' } as const;

interface Hook {
  readonly id: string;
  readonly path: string;
  readonly payload: NotificationPayload;
}

describe('notifications, with two instances of management', () => {
  let folder: string;
  let one: ManagementInProcess;
  let two: ManagementInProcess;
  let app: AppVersion;
  let receiver: Server;
  let mailServer: SMTPServer;
  let hooks: Hook[];
  let mails: string[];
  let statusOf: (path: string) => number;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      void text(request).then((body) => {
        const path = request.url ?? '';
        const id = String(request.headers['webhook-id']);
        const status = statusOf(path);
        if (status === 200) {
          const signedAt = new Date(Number(request.headers['webhook-timestamp']) * 1000);
          if (path.startsWith('/signed'))
            expect(request.headers).toMatchObject(webhookHeaders(id, body, SECRET, signedAt));
          hooks.push({ id, path, payload: notificationPayloadSchema.parse(JSON.parse(body)) });
        }
        response.writeHead(status).end('what it says');
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    mailServer = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) =>
        void text(stream).then((mail) => {
          mails.push(mail);
          done();
        }),
    });
    mailServer.listen(0, '127.0.0.1');
    await once(mailServer.server, 'listening');
    folder = await makeTempFolder('notifications');
    const flags = [
      ['--public-url', 'https://nightjar.example.org/'],
      ['--webhook-secrets', JSON.stringify({ ops: SECRET })],
      ['--notification-retry-seconds', '1'],
      ['--smtp-host', '127.0.0.1'],
      ['--smtp-port', String((mailServer.server.address() as AddressInfo).port)],
      ['--smtp-security', 'none'],
      ['--smtp-from', 'nightjar@example.org'],
      ['--notify', JSON.stringify({ on: ['failed'], webhooks: [{ url: hookUrl('/default') }] })],
    ].flat();
    one = await startManagementInProcess(SCRIPT, flags, folder);
    two = await startManagementInProcess(SCRIPT, flags, folder);
    app = await activateApp(one.stores, 'billing', [functionWith('invoice', { type: 'queueTrigger' })]);
  });
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
    receiver.closeAllConnections();
    receiver.close();
    await new Promise<void>((resolve) => mailServer.close(resolve));
    await removeFolder(folder);
  });
  beforeEach(() => {
    hooks = [];
    mails = [];
    statusOf = () => 200;
  });

  const hookUrl = (path: string): string =>
    `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;

  /** A run of a definition that says this of notifications, at its end. */
  async function ended(
    state: 'succeeded' | 'failed',
    notify: BatchNotifications | undefined,
    more: Partial<NewBatchRun> = {},
  ): Promise<string> {
    const { run } = await one.stores.batches.createRun({
      id: newId(),
      name: 'invoices',
      appId: app.appId,
      appVersionId: app.id,
      functionName: 'invoice',
      inputDigest: 'ab'.repeat(32),
      inputSizeBytes: 0,
      itemsTotal: 0,
      batchVersion: 1,
      businessDate: '2026-11-30',
      settings: { input: { kind: 'range', from: 1, to: 1 }, carryOver: true, pauseOnFailure: false, notify },
      ...more,
    });
    if (state === 'failed') await one.stores.batches.failRun(run.id, FAILURE);
    else await one.stores.batches.endRunIfDue(run.id);
    return run.id;
  }

  async function listed(query: string): Promise<NotificationListView['notifications']> {
    const response = await fetch(`${two.url}/api/v1/notifications?${query}`);
    expect(response.status).toBe(200);
    return ((await response.json()) as NotificationListView).notifications;
  }

  /** Once none of a run waits. */
  async function settled(runId: string, count: number): Promise<NotificationListView['notifications']> {
    return waitFor(
      async () => {
        const all = await listed(`runId=${runId}`);
        return all.length === count && all.every(({ state }) => state !== 'waiting') ? all : undefined;
      },
      { timeoutMs: 60_000, what: 'the notifications of a run' },
    );
  }

  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${one.url}/api/v1/notifications/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('tell of a failure and of the recovery, by webhook and e-mail', async () => {
    const notify: BatchNotifications = {
      on: ['failed', 'recovered'],
      webhooks: [{ url: hookUrl('/signed'), secretName: 'ops' }],
      emails: ['ops@example.org'],
    };
    const failed = await ended('failed', notify, { name: 'recovers' });
    expect((await settled(failed, 2)).map(({ event, state, attempts }) => [event, state, attempts])).toEqual([
      ['failed', 'sent', 1],
      ['failed', 'sent', 1],
    ]);
    const recovered = await ended('succeeded', notify, { name: 'recovers' });
    const sent = await settled(recovered, 2);
    expect(hooks.map(({ payload }) => payload)).toMatchObject([
      {
        type: 'batch.failed',
        data: {
          app: 'billing',
          batch: 'recovers',
          runId: failed,
          businessDate: '2026-11-30',
          failuresInARow: 1,
          failure: { type: 'InputMissing' },
          runUrl: `https://nightjar.example.org/api/v1/batches/runs/${failed}`,
        },
      },
      { type: 'batch.recovered', data: { runId: recovered, failuresInARow: 0 } },
    ]);
    expect(sent.find(({ target }) => target.kind === 'webhook')?.notificationId).toBe(hooks[1]?.id);
    expect(mails.map((mail) => /^Subject: (.*)\r$/m.exec(mail)?.[1])).toEqual([
      '[Nightjar] billing/recovers failed (2026-11-30)',
      '[Nightjar] billing/recovers has recovered (2026-11-30)',
    ]);
    await ended('succeeded', notify, { name: 'recovers' });
    await waitFor(async () => (await one.stores.notifications.listUntold(1)).length === 0, {
      timeoutMs: 60_000,
    });
    expect(hooks).toHaveLength(2);
  });

  it('say each thing once, though both look', async () => {
    const notify: BatchNotifications = {
      on: ['failed'],
      webhooks: [{ url: hookUrl('/a') }, { url: hookUrl('/b') }],
    };
    const runIds: string[] = [];
    for (let count = 0; count < 15; count++)
      runIds.push(await ended('failed', notify, { name: `many-${count}` }));
    for (const runId of runIds) await settled(runId, 2);
    expect(hooks).toHaveLength(30);
    expect(new Set(hooks.map(({ path, payload }) => `${path} ${payload.data?.runId}`)).size).toBe(30);
    expect(new Set(hooks.map(({ id }) => id)).size).toBe(30);
  });

  it('wait for the third failure where a definition says so', async () => {
    const notify: BatchNotifications = {
      on: ['failed', 'recovered'],
      webhooks: [{ url: hookUrl('/third') }],
      afterFailures: 3,
    };
    const runIds: string[] = [];
    for (let count = 0; count < 3; count++) runIds.push(await ended('failed', notify, { name: 'third' }));
    await settled(runIds[2] ?? '', 1);
    expect(hooks.map(({ payload }) => payload.data)).toMatchObject([{ runId: runIds[2], failuresInARow: 3 }]);
  });

  it('go to the receivers of the settings where a definition names none', async () => {
    await ended('failed', undefined, { batchVersion: undefined, name: 'not-defined' });
    const runId = await ended('failed', undefined, { name: 'no-notify' });
    await settled(runId, 1);
    expect(hooks.map(({ path, payload }) => [path, payload.data?.batch])).toEqual([
      ['/default', 'no-notify'],
    ]);
  });

  it('tell of a deadline that has passed while the run goes on', async () => {
    const deadlineAt = new Date(Date.now() - 1000);
    const { run } = await one.stores.batches.createRun({
      id: newId(),
      name: 'late',
      appId: app.appId,
      appVersionId: app.id,
      functionName: 'invoice',
      inputDigest: '',
      inputSizeBytes: 0,
      itemsTotal: 0,
      state: 'scheduled',
      deadlineAt,
      settings: {
        input: { kind: 'range', from: 1, to: 1 },
        carryOver: true,
        pauseOnFailure: false,
        notify: { on: ['late'], webhooks: [{ url: hookUrl('/late') }] },
      },
    });
    await settled(run.id, 1);
    expect(hooks.map(({ payload }) => [payload.type, payload.data?.deadlineAt])).toEqual([
      ['batch.late', deadlineAt.toISOString()],
    ]);
    await one.stores.batches.cancelRun(run.id);
  });

  it('are tried again until the receiver takes them, always with the same id', async () => {
    let tries = 0;
    statusOf = () => (++tries < 3 ? 500 : 200);
    const runId = await ended('failed', { on: ['failed'], webhooks: [{ url: hookUrl('/flaky') }] });
    expect(await settled(runId, 1)).toMatchObject([
      { state: 'sent', attempts: 3, lastError: 'The receiver answered 500: what it says' },
    ]);
    expect(hooks).toHaveLength(1);
  });

  it('are given up, listed, and tried again when asked', async () => {
    statusOf = () => 410;
    const runId = await ended('failed', { on: ['failed'], webhooks: [{ url: hookUrl('/gone') }] });
    const [dead] = await settled(runId, 1);
    expect(dead).toMatchObject({ state: 'dead', attempts: 1, lastError: expect.stringContaining('410') });
    expect((await listed('state=dead')).map(({ runId: id }) => id)).toEqual([runId]);
    statusOf = () => 200;
    const retry = `${dead?.notificationId}/retry`;
    expect((await post(retry, {})).status).toBe(202);
    await waitFor(() => hooks.length === 1, { timeoutMs: 60_000, what: 'the second try' });
    expect(hooks[0]?.id).toBe(dead?.notificationId);
    await settled(runId, 1);
    expect((await post(retry, {})).status).toBe(409);
    expect((await post(`${newId()}/retry`, {})).status).toBe(404);
  });

  it('are tested by request, once and at once', async () => {
    const test = async (body: unknown): Promise<TestView> =>
      (await (await post('test', body)).json()) as TestView;
    const webhook = { url: hookUrl('/signed/test'), secretName: 'ops' };
    expect(await test({ webhook })).toMatchObject({ delivered: true, error: null });
    expect(await test({ email: 'ops@example.org' })).toMatchObject({ delivered: true });
    statusOf = () => 503;
    expect(await test({ webhook })).toMatchObject({
      delivered: false,
      error: expect.stringContaining('503'),
    });
    expect(hooks.map(({ payload }) => [payload.type, payload.data])).toEqual([['test', null]]);
    expect(mails).toHaveLength(1);
    for (const body of [
      {},
      { webhook, email: 'a@b.de' },
      { webhook: { url: 'ftp://x' } },
      { email: 'nobody' },
    ])
      expect((await post('test', body)).status).toBe(400);
  });

  it('refuse a definition that names a secret which there is not', async () => {
    const put = await fetch(`${one.url}/api/v1/apps/billing/batches/unsigned`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        function: 'invoice',
        input: { kind: 'range', from: 1, to: 10 },
        notify: { on: ['failed'], webhooks: [{ url: hookUrl('/x'), secretName: 'nobody' }] },
      }),
    });
    expect([put.status, JSON.stringify(await put.json())]).toEqual([
      400,
      expect.stringContaining('notify.webhooks.0.secretName: there is no secret \\"nobody\\"'),
    ]);
  });
});
