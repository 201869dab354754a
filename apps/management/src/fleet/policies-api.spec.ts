import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { startManagementInProcess } from '../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../test/support/management-in-process.js';
import { newMachine } from '../../../../test/contract/store/samples.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe('the API of capacity policies', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
  });

  afterAll(() => management.stop());

  const reported = async (more: Parameters<typeof newMachine>[0] = {}): Promise<string> => {
    const machine = newMachine(more);
    await management.stores.machines.heartbeat(machine, 3600);
    return machine.id;
  };
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await fetch(`${management.url}/api/v1/${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
  };
  const wordsOf = ({ body }: Answer): string => JSON.stringify(body);
  const by = (name: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${name}:any`).toString('base64')}`,
  });

  it('keeps a policy of a pool, and who wrote which version of it', async () => {
    const path = `policies/pool/${newId()}`;
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('GET', `${path}/history`)).status).toBe(404);
    const knobs = { profile: 'desktop-vacate', hours: { monday: '19:00-24:00' } };
    const made = await call('PUT', path, knobs, by('ada'));
    expect(made).toMatchObject({ status: 200, body: { scope: 'pool', version: 1, knobs, changedBy: 'ada' } });
    expect((await call('GET', path)).body).toEqual(made.body);
    expect((await call('GET', 'policies')).body['policies']).toContainEqual(made.body);
    expect((await call('PUT', path, { startIdleSeconds: 600 }, by('ben'))).body).toMatchObject({
      version: 2,
    });
    expect(await call('DELETE', path, undefined, by('cleo'))).toMatchObject({ status: 204 });
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('GET', `${path}/history`)).body).toMatchObject({
      versions: [
        { version: 3, knobs: null, changedBy: 'cleo' },
        { version: 2, knobs: { startIdleSeconds: 600 }, changedBy: 'ben' },
        { version: 1, knobs, changedBy: 'ada', changedAt: expect.any(String) },
      ],
    });
  });

  it.each([
    ['a scope that there is not', 'policies/site/x', {}, 'scope: must be machine, group or pool'],
    ['a machine without its id', 'policies/machine/desk', {}, 'name: must be the id of a machine'],
    [
      'a group that is no label',
      'policies/group/a%3Db%3Dc',
      {},
      'name: must be a label that a machine can have: name or name=value, each at most 63 characters',
    ],
    ['a list', 'policies/pool/x', [], 'must be an object'],
    [
      'a limit',
      'policies/pool/x',
      { cpuCapPercent: 0 },
      'pool.cpuCapPercent: must be a number from 1 to 100',
    ],
    ['an unknown knob', 'policies/group/x', { cpuCap: 1 }, 'group: there is no knob \\"cpuCap\\"'],
    [
      'knobs that contradict each other',
      'policies/group/x',
      { continueIdleSeconds: 900, startIdleSeconds: 60 },
      'continueIdleSeconds 900 (group) and startIdleSeconds 60 (group)',
    ],
  ])('refuses %s, and says what to do', async (_what, path, knobs, problem) => {
    const answer = await call('PUT', path, knobs);
    expect(answer.status).toBe(400);
    expect(wordsOf(answer)).toContain(problem);
    expect((await call('GET', path)).status).toBeGreaterThanOrEqual(400);
  });

  it('refuses a policy for a machine that never came', async () => {
    expect((await call('PUT', `policies/machine/${newId()}`, {})).status).toBe(404);
  });

  it('refuses what would contradict another layer of a machine, and takes it once that is mended', async () => {
    const pool = `clash-${newId()}`;
    const name = `desk-${newId()}`;
    const id = await reported({ name, pool });
    expect((await call('PUT', `policies/machine/${id}`, { maxVacateSeconds: 300 })).status).toBe(200);
    const refused = await call('PUT', `policies/pool/${pool}`, { profile: 'desktop-vacate' });
    expect(refused.status).toBe(400);
    expect(wordsOf(refused)).toContain(`${name}: whenOwnerActive`);
    expect(wordsOf(refused)).toContain('maxVacateSeconds 300 (machine)');
    expect((await call('PUT', `policies/machine/${id}`, { maxVacateSeconds: 30 })).status).toBe(200);
    expect((await call('PUT', `policies/pool/${pool}`, { profile: 'desktop-vacate' })).status).toBe(200);
  });

  it('shows the policy of a machine, and where each knob comes from', async () => {
    const pool = `shown-${newId()}`;
    const site = `site=${newId()}`;
    const attributes = { osBuild: null, isolation: null, engineVersion: null, timeZone: 'Europe/Berlin' };
    const localPolicy = { profile: 'background', diskKeepFreePercent: 20 };
    const id = await reported({ pool, attributes: { ...attributes, localPolicy } });
    const [label = '', value = ''] = site.split('=');
    await call('PUT', `machines/${id}/labels`, { [label]: value });
    await call('PUT', `policies/pool/${pool}`, { profile: ['desktop-vacate', 'desktop-hours'] });
    await call('PUT', `policies/group/${encodeURIComponent(site)}`, { startIdleSeconds: 600 });
    await call('PUT', `policies/machine/${id}`, { startIdleSeconds: 700, cpuCapPercent: 25 });
    const { status, body } = await call('GET', `machines/${id}/policy`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      policies: [
        { scope: 'machine', name: id, version: 1 },
        { scope: 'group', name: site, version: 1 },
        { scope: 'pool', name: pool, version: 1 },
      ],
      knobs: {
        startIdleSeconds: { value: 700, source: 'machine' },
        cpuCapPercent: { value: 25, source: 'machine' },
        diskKeepFreePercent: { value: 20, source: 'local' },
        timeZone: { value: 'Europe/Berlin', source: 'the machine' },
        whenOwnerActive: { value: 'vacate', source: 'profile desktop-vacate with desktop-hours' },
        hours: { value: { monday: ['00:00-07:00', '19:00-24:00'] } },
      },
      problems: [],
    });
    await call('PUT', `policies/machine/${id}`, {});
    expect((await call('GET', `machines/${id}/policy`)).body).toMatchObject({
      knobs: { startIdleSeconds: { value: 600, source: `group ${site}` } },
    });
    expect((await call('GET', `machines/${newId()}/policy`)).status).toBe(404);
  });

  it('shows how layers contradict each other after the machine got a label', async () => {
    const pool = `later-${newId()}`;
    const label = `slow-${newId()}`;
    await call('PUT', `policies/pool/${pool}`, { profile: 'desktop-suspend' });
    await call('PUT', `policies/group/${label}`, { maxVacateSeconds: 300 });
    const id = await reported({ pool });
    await call('PUT', `machines/${id}/labels`, { [label]: '' });
    expect((await call('GET', `machines/${id}/policy`)).body).toMatchObject({
      knobs: null,
      problems: [expect.stringContaining('maxVacateSeconds 300 (group)')],
    });
  });

  it.each([
    ['windows', {}, 'vacate'],
    ['windows', { isolation: 'hyperv' }, 'suspend'],
    ['linux', {}, 'suspend'],
    ['linux', { canPause: false }, 'vacate'],
  ] as const)('shows what becomes of suspending on %s with %j', async (os, more, value) => {
    const pool = `pausing-${newId()}`;
    await call('PUT', `policies/pool/${pool}`, { profile: 'desktop-suspend' });
    const attributes = { osBuild: null, isolation: null, engineVersion: null, ...more };
    const id = await reported({ pool, os, attributes });
    const { body } = await call('GET', `machines/${id}/policy`);
    expect(body).toMatchObject({ knobs: { whenOwnerActive: { value } }, problems: [] });
    expect(body['knobs']).not.toHaveProperty('heartbeatSeconds');
  });
});
