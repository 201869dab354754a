import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import {
  startManagementInProcess,
  type ManagementInProcess,
} from '../../../../test/support/management-in-process.js';

const MIB = 2 ** 20;

describe('the API of container settings', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
  });

  afterAll(() => management.stop());

  const url = (app: string): string => `${management.url}/api/v1/apps/${app}/container-settings`;
  const put = (app: string, body: unknown): Promise<Response> =>
    fetch(url(app), {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('knows none of an app that is not there', async () => {
    expect((await fetch(url('nobody'))).status).toBe(404);
  });

  it('gives back what was set, whole, and is empty by default', async () => {
    await management.stores.catalogue.findOrCreateApp('plain');
    expect(await (await fetch(url('plain'))).json()).toEqual({ app: 'plain', settings: {}, clampedOn: [] });
    const network = { policy: 'allowList', allow: ['db.internal:1433', '10.0.0.0/8:80-90'] };
    const settings = { memoryBytes: 512 * MIB, cpuWeight: 50, network };
    const answer = await put('Plain', settings);
    expect([answer.status, await answer.json()]).toEqual([200, { app: 'plain', settings, clampedOn: [] }]);
    expect(await (await fetch(url('PLAIN'))).json()).toMatchObject({ settings });
    await put('plain', {});
    expect(await (await fetch(url('plain'))).json()).toMatchObject({ settings: {} });
  });

  it('makes an app that is to be published later, so that its first package is bounded', async () => {
    expect((await put('later', { network: { policy: 'none' } })).status).toBe(200);
    const app = await management.stores.catalogue.findAppByName('later');
    expect(await management.stores.catalogue.containerSettings(app?.id ?? '')).toEqual({
      network: { policy: 'none' },
    });
  });

  it('names what is wrong', async () => {
    const one = await put('plain', { memoryBytes: 5 });
    expect([one.status, await one.json()]).toMatchObject([
      400,
      { error: { code: 'invalid_input', message: expect.stringMatching(/^memoryBytes: .*33554432/) } },
    ]);
    const several = await put('plain', {
      pids: 1,
      network: { policy: 'allowList', allow: ['db'] },
      gpus: 1,
    });
    const { error } = (await several.json()) as { error: { details: string[] } };
    expect(error.details).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^pids: /),
        expect.stringMatching(/^network\.allow\.0: .*host:port/),
        expect.stringContaining('gpus'),
      ]),
    );
    expect((await put('not_a_name', {})).status).toBe(400);
  });

  it('tells of machines that give less', async () => {
    const containerCaps = {
      memoryBytes: 256 * MIB,
      cpus: 1,
      pids: 512,
      tmpBytes: 64 * MIB,
      network: 'none',
    } as const;
    const machine = {
      os: 'linux',
      pool: 'default',
      runtime: 'docker',
      cores: 1,
      memoryBytes: 512 * MIB,
      slots: 1,
      slotsBusy: 0,
      state: 'ready',
      reason: '',
    } as const;
    await management.stores.machines.heartbeat({ ...machine, id: newId(), name: 'small', containerCaps });
    await management.stores.machines.heartbeat({ ...machine, id: newId(), name: 'silent' });
    const answer = await put('plain', { memoryBytes: 1024 * MIB, cpus: 1, network: { policy: 'outbound' } });
    expect(((await answer.json()) as { clampedOn: unknown }).clampedOn).toEqual([
      {
        machine: 'small',
        settings: [
          { setting: 'memoryBytes', wanted: 1024 * MIB, given: 256 * MIB },
          { setting: 'network', wanted: 'outbound', given: 'none' },
        ],
      },
    ]);
  });
});
