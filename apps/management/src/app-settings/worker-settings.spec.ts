import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import {
  startManagementInProcess,
  WORKER_KEY,
  type ManagementInProcess,
} from '../../../../test/support/management-in-process.js';
import { hashOf } from '../access/keys.js';
import { GrantingWorkQueue } from './granting-work-queue.js';
import { SettingsGrants } from './settings-grants.js';

const SECRET = 'a-canary-90b3';

describe("workers' way to app settings", () => {
  let management: ManagementInProcess;
  let grants: SettingsGrants;
  const apps = new Map<string, string>();

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
    grants = await SettingsGrants.open(management.stores.store);
    for (const app of ['one', 'two']) {
      await fetch(`${management.url}/api/v1/apps/${app}/settings`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ PASSWORD: `${SECRET}-${app}` }),
      });
      apps.set(app, (await management.stores.catalogue.findAppByName(app))?.id ?? '');
    }
  });

  afterAll(() => management.stop());

  const ask = (grant: string, key?: string): Promise<Response> =>
    fetch(`${management.url}/internal/app-settings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ grant }),
    });
  const grantOf = (app: string): string => grants.issue(apps.get(app) ?? '', Date.now());

  it("gives a worker the settings of the grant's app, and of no other", async () => {
    const answer = await ask(grantOf('one'), WORKER_KEY);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { revision: 1, settings: { PASSWORD: `${SECRET}-one` } },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses a grant without a key, a key without a grant, and a forged one', async () => {
    const forged = grantOf('one').replace(apps.get('one') ?? '', apps.get('two') ?? '');
    const answers = [
      [await ask(grantOf('one')), 401],
      [await ask(grantOf('one'), 'another-key-0123456789'), 401],
      [await ask('none', WORKER_KEY), 403],
      [await ask(forged, WORKER_KEY), 403],
      [await ask('', WORKER_KEY), 400],
    ] as const;
    for (const [answer, status] of answers) {
      expect(answer.status).toBe(status);
      expect(await answer.text()).not.toContain(SECRET);
    }
  });

  it('refuses a machine from the moment that its key is revoked', async () => {
    const { enrolment } = management.stores;
    const [machineId, key, token] = [newId(), 'the-key-of-one-machine-42', 'a-token-of-enrolment-42'];
    const tokenHash = hashOf(token).toString('hex');
    await enrolment.addToken({
      id: newId(),
      hash: tokenHash,
      note: '',
      createdBy: 'ops',
      lifetimeSeconds: 60,
    });
    await enrolment.enrol({ tokenHash, machineId, keyHash: hashOf(key).toString('hex') });
    expect((await ask(grantOf('one'), key)).status).toBe(200);
    await enrolment.revoke(machineId, 'ops');
    expect((await ask(grantOf('one'), key)).status).toBe(401);
  });

  it('puts a grant on each job of an app, and none on others', async () => {
    const enqueued: unknown[] = [];
    const inner = { enqueue: async (_lane: unknown, jobs: unknown[]) => void enqueued.push(...jobs) };
    const queue = new GrantingWorkQueue(inner as never, grants);
    await queue.enqueue({} as never, [{ id: '1', appId: apps.get('two') }, { id: '2' }] as never);
    expect(enqueued).toEqual([
      { id: '1', appId: apps.get('two'), settingsGrant: grantOf('two') },
      { id: '2' },
    ]);
  });
});
