import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseHostJson } from '#shared/contracts/host-json.js';
import type { FunctionApp, FunctionDefinition } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import type { NewAppVersion } from '#shared/store/catalogue-store.js';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../test/support/management-in-process.js';
import { makeTempFolder, removeFolder } from '../../../../test/support/temp-folder.js';
import { AppSettings } from './app-settings.js';
import { newSettingsKey, SettingCipher } from './setting-cipher.js';

const SECRET = 'a-canary-e2f1';
const NO_WORKER = { index: () => null, run: () => null };
const BY_OPS = { authorization: `Basic ${Buffer.from('ops:').toString('base64')}` };

interface Shown {
  readonly revision: number;
  readonly settings: readonly { readonly name: string; readonly value?: string; readonly keyId: string }[];
}

describe('the API of app settings', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess(NO_WORKER);
  });

  afterAll(() => management.stop());

  const send = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(management.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...BY_OPS },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const list = async (app: string): Promise<Shown> =>
    (await (await send('GET', `/api/v1/apps/${app}/settings`)).json()) as Shown;
  const names = async (app: string): Promise<string[]> => (await list(app)).settings.map((one) => one.name);

  it('takes values and never gives them back', async () => {
    const answer = await send('PATCH', '/api/v1/apps/shop/settings', { DB_PASSWORD: SECRET, Empty: '' });
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toMatchObject([
      200,
      { app: 'shop', revision: 1, settings: [{ name: 'DB_PASSWORD', changedBy: 'ops' }, { name: 'Empty' }] },
    ]);
    const one = await (await send('GET', '/api/v1/apps/Shop/settings/db_password')).text();
    expect(JSON.parse(one)).toMatchObject({
      app: 'shop',
      name: 'DB_PASSWORD',
      changedAt: expect.any(String),
    });
    expect(text + one + JSON.stringify(await list('shop'))).not.toContain(SECRET);
    const stored = await management.stores.appSettings.read(
      (await management.stores.catalogue.findAppByName('shop'))?.id ?? '',
    );
    expect(JSON.stringify(stored)).not.toContain(SECRET);
    expect(stored.settings).toHaveLength(2);
  });

  it('sets, replaces and removes', async () => {
    expect((await send('PUT', '/api/v1/apps/many/settings', { A: '1', B: '2' })).status).toBe(200);
    expect((await send('PUT', '/api/v1/apps/many/settings/C', { value: '3' })).status).toBe(200);
    expect(await names('many')).toEqual(['A', 'B', 'C']);
    expect((await send('DELETE', '/api/v1/apps/many/settings/b')).status).toBe(204);
    expect((await send('DELETE', '/api/v1/apps/many/settings/b')).status).toBe(404);
    expect((await send('PATCH', '/api/v1/apps/many/settings', { A: null, D: '4' })).status).toBe(200);
    expect(await names('many')).toEqual(['C', 'D']);
    const { revision } = await list('many');
    await send('PATCH', '/api/v1/apps/many/settings', { D: '4' });
    expect((await list('many')).revision).toBe(revision);
    expect(await names('many')).toEqual(['C', 'D']);
  });

  it('loses none of many changes at once', async () => {
    const changes = Array.from({ length: 6 }, (_, index) =>
      send('PUT', `/api/v1/apps/busy/settings/S${index}`, { value: `${index}` }),
    );
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await names('busy')).toEqual(['S0', 'S1', 'S2', 'S3', 'S4', 'S5']);
  });

  it('names the field that is wrong, never a value', async () => {
    const wrong = await send('PUT', '/api/v1/apps/shop/settings/WEBSITE_SITE_NAME', { value: SECRET });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      400,
      { error: { message: expect.stringMatching(/^WEBSITE_SITE_NAME: is set by Nightjar/) } },
    ]);
    const bodies = [{ A: { nested: SECRET } }, [SECRET], SECRET, { [`${SECRET} `]: 'x' }];
    for (const body of bodies) {
      const answer = await send('PATCH', '/api/v1/apps/shop/settings', body);
      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toContain(SECRET);
    }
    const malformed = await fetch(`${management.url}/api/v1/apps/shop/settings`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: `{"A": ${SECRET}}`,
    });
    const text = await malformed.text();
    expect(text).toMatch(/not valid JSON/);
    expect(text).not.toMatch(/canary/);
  });

  it('knows no settings of an app that is not there', async () => {
    expect((await send('GET', '/api/v1/apps/nobody/settings')).status).toBe(404);
    expect((await send('GET', '/api/v1/apps/shop/settings/NOT_THERE')).status).toBe(404);
  });

  it("serves deployment tools their own settings, by Kudu's routes, and nobody's secret", async () => {
    const kudu = '/apps/kudu/api/settings';
    expect(await (await send('GET', kudu)).json()).toEqual({});
    await send('PATCH', '/api/v1/apps/kudu/settings', { AzureWebJobsStorage: SECRET });
    expect((await send('POST', kudu, { SCM_DO_BUILD_DURING_DEPLOYMENT: 'false' })).status).toBe(204);
    expect((await send('POST', kudu, { WEBSITE_RUN_FROM_PACKAGE: '1', OTHER: SECRET })).status).toBe(204);
    expect(await (await send('GET', kudu)).json()).toEqual({
      SCM_DO_BUILD_DURING_DEPLOYMENT: 'false',
      WEBSITE_RUN_FROM_PACKAGE: '1',
    });
    expect(await (await send('GET', '/api/settings?app=kudu')).json()).toMatchObject({
      WEBSITE_RUN_FROM_PACKAGE: '1',
    });
    for (const name of ['WEBSITE_RUN_FROM_PACKAGE', 'ENABLE_ORYX_BUILD'])
      expect((await send('DELETE', `${kudu}/${name}`)).status).toBe(204);
    expect(await names('kudu')).toEqual(['AzureWebJobsStorage', 'OTHER', 'SCM_DO_BUILD_DURING_DEPLOYMENT']);
  });

  it('makes a key for its owner alone', async () => {
    const path = join(management.dataFolder, 'settings-key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { keyId } = SettingCipher.of(await readFile(path, 'utf8'));
    expect((await list('shop')).settings.map((one) => one.keyId)).toEqual([keyId, keyId]);
  });
});

describe('app settings and the triggers of a version', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess(NO_WORKER);
  });

  afterAll(() => management.stop());

  const timer = (name: string, schedule: string): FunctionDefinition => ({
    name,
    programmingModel: 'v4',
    bindings: [{ name: 'timer', type: 'timerTrigger', direction: 'in', schedule }],
    disabled: false,
  });
  /** Publishes, as it were, by schedules that are made of older settings. */
  const activate = async (name: string, schedules: NewAppVersion['schedules']): Promise<FunctionApp> => {
    const { catalogue } = management.stores;
    const app = await catalogue.findOrCreateApp(name);
    await catalogue.activateVersion({
      id: newId(),
      appId: app.id,
      packageDigest: 'ab'.repeat(32),
      packageSizeBytes: 1,
      host: parseHostJson('{"version":"2.0"}'),
      functions: [timer('nightly', '%NIGHTLY%')],
      schedules,
    });
    return app;
  };
  const old = { functionName: 'nightly', expression: '0 0 1 * * *', useMonitor: true, runOnStartup: false };

  it('gives a version the schedules of settings that changed while it was being published', async () => {
    const settings = management.app.get(AppSettings);
    const app = await management.stores.catalogue.findOrCreateApp('late');
    await settings.change(
      app,
      { NIGHTLY: '0 0 2 * * *', WEBSITE_TIME_ZONE: 'Europe/Berlin' },
      'merge',
      'ops',
    );
    await activate('late', [old]);
    const stale = await management.stores.schedules.find(app.id, 'nightly');
    await settings.settle(app, 1);
    expect(await management.stores.schedules.find(app.id, 'nightly')).toEqual(stale);
    await settings.settle(app, 0);
    expect(await management.stores.schedules.find(app.id, 'nightly')).toMatchObject({
      expression: '0 0 2 * * *',
      timeZone: 'Europe/Berlin',
    });
  });

  it('refuses a change that leaves a timer without a good expression, and changes nothing then', async () => {
    const settings = management.app.get(AppSettings);
    const app = await management.stores.catalogue.findOrCreateApp('refused');
    await settings.change(app, { NIGHTLY: '0 0 1 * * *' }, 'merge', 'ops');
    await activate('refused', [old]);
    for (const value of ['every night', null])
      await expect(settings.change(app, { NIGHTLY: value, OTHER: 'x' }, 'merge', 'ops')).rejects.toThrow(
        'The settings do not fit the timers',
      );
    expect(await settings.list(app.id)).toMatchObject({ revision: 1, settings: [{ name: 'NIGHTLY' }] });
  });

  it('disables a timer and has it go on where it was', async () => {
    const settings = management.app.get(AppSettings);
    const app = await management.stores.catalogue.findOrCreateApp('paused');
    await settings.change(app, { NIGHTLY: '0 0 1 * * *' }, 'merge', 'ops');
    await activate('paused', [old]);
    const before = await management.stores.schedules.find(app.id, 'nightly');
    await settings.change(app, { 'AzureWebJobs.Nightly.Disabled': 'true' }, 'merge', 'ops');
    expect(await management.stores.schedules.find(app.id, 'nightly')).toBeNull();
    await settings.change(app, { 'AzureWebJobs.Nightly.Disabled': 'false' }, 'merge', 'ops');
    expect(await management.stores.schedules.find(app.id, 'nightly')).toEqual(before);
  });
});

describe('the keys of app settings', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await makeTempFolder('settings-keys');
  });

  afterAll(() => removeFolder(folder));

  const started = async <T>(
    flags: readonly string[],
    work: (url: string, management: ManagementInProcess) => Promise<T>,
  ): Promise<T> => {
    const management = await startManagementInProcess(NO_WORKER, flags, folder);
    try {
      return await work(management.url, management);
    } finally {
      await management.stop();
    }
  };
  const put = (url: string): Promise<Response> =>
    fetch(`${url}/api/v1/apps/shop/settings/SCM_VALUE`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ value: SECRET }),
    });
  const read = (url: string): Promise<Response> => fetch(`${url}/api/v1/apps/shop/settings/SCM_VALUE`);

  it('are rotated: an older one opens until all is sealed by the newer one', async () => {
    const [older, newer] = [newSettingsKey(), newSettingsKey()];
    await started(['--settings-key', older], async (url) => expect((await put(url)).status).toBe(200));
    await started(['--settings-key', `${newer},${older}`], async (url) => {
      expect(await (await read(url)).json()).toMatchObject({
        value: SECRET,
        keyId: SettingCipher.of(older).keyId,
      });
      const rotate = (): Promise<Response> =>
        fetch(`${url}/api/v1/settings-key/rotation`, { method: 'POST' });
      const { keyId } = SettingCipher.of(newer);
      expect(await (await rotate()).json()).toEqual({ keyId, resealed: 1 });
      expect(await (await rotate()).json()).toEqual({ keyId, resealed: 0 });
    });
    await started(['--settings-key', newer], async (url) =>
      expect(await (await read(url)).json()).toMatchObject({ value: SECRET }),
    );
  });

  it('say which one is missing, and no second one is made in its place', async () => {
    await started([], async (url) => {
      const answer = await read(url);
      expect([answer.status, await answer.json()]).toMatchObject([
        503,
        { error: { message: expect.stringContaining('settingsKey') } },
      ]);
      await expect(stat(join(folder, 'settings-key'))).rejects.toThrow('ENOENT');
      expect((await put(url)).status).toBe(503);
    });
    await started(['--settings-key', newSettingsKey()], async (url) => {
      const answer = await read(url);
      expect([answer.status, await answer.json()]).toMatchObject([
        503,
        {
          error: {
            message: expect.stringMatching(/^The app setting SCM_VALUE is sealed by the key [0-9a-f]{12}/),
          },
        },
      ]);
    });
  });

  it('in a file of the data folder are taken as they are', async () => {
    const own = await makeTempFolder('settings-key-file');
    const key = newSettingsKey();
    await writeFile(join(own, 'settings-key'), `${key}\n`, { mode: 0o600 });
    const management = await startManagementInProcess(NO_WORKER, [], own);
    expect((await put(management.url)).status).toBe(200);
    expect(await (await read(management.url)).json()).toMatchObject({ keyId: SettingCipher.of(key).keyId });
    await management.stop();
    await removeFolder(own);
  });
});
