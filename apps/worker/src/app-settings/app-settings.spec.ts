import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppVersion } from '#shared/domain/function-app.js';
import { AppSettings, AppSettingsUnavailableError } from './app-settings.js';

const SECRET = 'a-canary-5521';

describe('AppSettings', () => {
  let server: Server;
  let settings: AppSettings;
  let asked: { readonly key: string | undefined; readonly body: unknown }[];
  let answer: { status: number; body: string };

  const respond = async (request: IncomingMessage): Promise<void> => {
    asked.push({ key: request.headers.authorization, body: JSON.parse(await text(request)) });
  };

  beforeEach(async () => {
    asked = [];
    answer = { status: 200, body: JSON.stringify({ revision: 3, settings: { PASSWORD: SECRET } }) };
    server = createServer((request, response) => {
      void respond(request).then(() => response.writeHead(answer.status).end(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    settings = new AppSettings(`http://127.0.0.1:${port}`, 'the-key');
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const version = (settingsRevision: number, appId = 'app'): AppVersion =>
    ({ id: 'v', appId, settingsRevision }) as AppVersion;

  it('asks nobody for an app that never had settings', async () => {
    expect(await settings.equip(version(0), undefined)).toEqual(version(0));
    expect(asked).toEqual([]);
  });

  it('asks by its key and the grant, once for a revision, also when several want them at once', async () => {
    const several = await Promise.all([1, 2, 3].map(() => settings.equip(version(2), 'grant')));
    expect(several.map((one) => one.settings?.toEnvironment())).toEqual(
      [1, 2, 3].map(() => ({ PASSWORD: SECRET })),
    );
    await settings.equip(version(1), 'grant');
    expect(asked).toEqual([{ key: 'Bearer the-key', body: { grant: 'grant' } }]);
    answer.body = JSON.stringify({ revision: 4, settings: {} });
    expect((await settings.equip(version(4), 'other')).settings?.toEnvironment()).toEqual({});
    expect(asked).toHaveLength(2);
  });

  it('shows values to nobody who prints a version', async () => {
    const equipped = await settings.equip(version(1), 'grant');
    expect(inspect(equipped, { depth: 9, showHidden: true }) + JSON.stringify(equipped)).not.toContain(
      SECRET,
    );
  });

  it.each([
    ['a refusal', { status: 403, body: SECRET }],
    ['something else', { status: 200, body: JSON.stringify({ settings: { A: [SECRET] } }) }],
    ['no JSON', { status: 200, body: `{${SECRET}` }],
  ])('takes %s for none, does not repeat it, and asks again', async (_what, given) => {
    const good = answer;
    answer = given;
    const refused = await settings.equip(version(1), 'grant').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AppSettingsUnavailableError);
    expect(inspect(refused)).not.toContain(SECRET);
    answer = good;
    expect((await settings.equip(version(1), 'grant')).settings?.toEnvironment()).toEqual({
      PASSWORD: SECRET,
    });
  });

  it('lets no app with settings run without a grant or a management', async () => {
    await expect(settings.equip(version(1), undefined)).rejects.toThrow(AppSettingsUnavailableError);
    const nowhere = new AppSettings('http://127.0.0.1:1', 'the-key');
    await expect(nowhere.equip(version(1), 'grant')).rejects.toThrow(AppSettingsUnavailableError);
  });
});
