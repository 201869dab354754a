import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseHostJson } from '#shared/contracts/host-json.js';
import { newId } from '#shared/domain/ids.js';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../../test/support/management-in-process.js';
import { Catalogue } from '../../catalogue/catalogue.js';

describe('the API of timer schedules', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
    const { catalogue } = management.stores;
    const app = await catalogue.findOrCreateApp('shop');
    const timer = (name: string, schedule: string, disabled = false) => ({
      name,
      programmingModel: 'v4' as const,
      disabled,
      bindings: [{ name: 'timer', type: 'timerTrigger', direction: 'in' as const, schedule }],
    });
    const settings = { useMonitor: true, runOnStartup: false };
    await management.app.get(Catalogue).activate({
      id: newId(),
      appId: app.id,
      packageDigest: 'a'.repeat(64),
      packageSizeBytes: 1,
      host: parseHostJson('{"version":"2.0"}'),
      functions: [
        timer('nightly', '%NIGHTLY%'),
        timer('often', '00:00:30'),
        timer('off', '0 0 2 * * *', true),
      ],
      schedules: [
        { functionName: 'nightly', expression: '0 30 2 1 1 *', timeZone: 'Asia/Kathmandu', ...settings },
        { functionName: 'often', expression: '00:00:30', ...settings },
      ],
    });
  });

  afterAll(() => management.stop());

  const get = (name: string, query = ''): Promise<Response> =>
    fetch(`${management.url}/api/v1/apps/Shop/functions/${name}/schedule${query}`);

  it('tells when a timer comes next, in UTC and in its zone', async () => {
    const response = await get('Nightly', '?count=2');
    expect(response.status).toBe(200);
    const body = (await response.json()) as { next: { at: string; local: string }[] };
    expect(body).toMatchObject({
      app: 'shop',
      function: 'nightly',
      declaredAs: '%NIGHTLY%',
      expression: '0 30 2 1 1 *',
      kind: 'ncrontab',
      timeZone: 'Asia/Kathmandu',
      monitored: true,
      lastPlannedAt: null,
    });
    expect(body.next.map(({ at, local }) => `${at.slice(4)} ${local.slice(4)}`)).toEqual(
      Array<string>(2).fill('-12-31T20:45:00.000Z -01-01T02:30:00+05:45'),
    );
  });

  it('tells ten of a TimeSpan, counted from its beginning, in the zone of the settings', async () => {
    const body = (await (await get('often')).json()) as { activeSince: string; next: { at: string }[] };
    expect(body).toMatchObject({ kind: 'timeSpan', timeZone: 'UTC', monitored: false });
    expect(body.next).toHaveLength(10);
    const since = Date.parse(body.activeSince);
    expect(body.next.map(({ at }) => (Date.parse(at) - since) % 30_000)).toEqual(Array<number>(10).fill(0));
  });

  it('knows no schedule of what is no timer, disabled, or not there; nor a count that is none', async () => {
    expect((await get('off')).status).toBe(404);
    expect((await get('other')).status).toBe(404);
    expect((await fetch(`${management.url}/api/v1/apps/none/functions/a/schedule`)).status).toBe(404);
    const refused = await get('nightly', '?count=1001');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(/count: must be a whole number from 1 to 1000/);
  });
});
