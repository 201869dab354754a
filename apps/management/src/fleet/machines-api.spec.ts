import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { MachineReport } from '#shared/domain/machine.js';
import { startManagementInProcess } from '../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../test/support/management-in-process.js';

describe('the API of machines', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
  });

  afterAll(() => management.stop());

  const report = (more: Partial<MachineReport>): MachineReport => ({
    id: newId(),
    name: 'desk',
    os: 'linux',
    pool: 'default',
    runtime: 'docker',
    state: 'ready',
    reason: '',
    cores: 8,
    memoryBytes: 2 ** 34,
    slots: 16,
    slotsBusy: 3,
    busySeconds: 45,
    ...more,
  });
  const reported = async (more: Partial<MachineReport> = {}): Promise<string> => {
    const said = report(more);
    await management.stores.machines.heartbeat(said, 3600);
    return said.id;
  };
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await fetch(`${management.url}/api/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  const messageOf = ({ body }: { body: Record<string, unknown> }): string => JSON.stringify(body['error']);
  const ada = { authorization: `Basic ${Buffer.from('ada:any').toString('base64')}` };

  it('shows the machines by name, with their states and attributes', async () => {
    const reason = 'The engine does not answer.';
    const attributes = { osBuild: '6.1.0', isolation: 'process', engineVersion: '20.10.24' };
    await reported({ name: 'b', pool: 'list', capacity: { state: 'owner/idle', reason: 'USER_ACTIVE' } });
    await reported({ name: 'a', pool: 'list', state: 'unhealthy', reason, attributes });
    const { status, body } = await call('GET', 'machines?pool=list');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      machines: [
        { name: 'a', state: 'unhealthy', reason, ...attributes, labels: {}, drain: null, capacity: null },
        {
          name: 'b',
          state: 'ready',
          capacity: { state: 'owner', activity: 'idle', reason: 'USER_ACTIVE' },
          slots: 16,
          slotsBusy: 3,
          osBuild: null,
          lastSeenAt: expect.any(String),
        },
      ],
    });
  });

  it('lists those that are asked for', async () => {
    const pool = 'filters';
    const berlin = await reported({ name: 'berlin', pool });
    const bonn = await reported({ name: 'bonn', pool, os: 'windows', state: 'unhealthy' });
    await call('PUT', `machines/${berlin}/labels`, { site: 'berlin', gpu: '' });
    await call('PUT', `machines/${bonn}/labels`, { site: 'bonn', gpu: '' });
    const names = async (query: string): Promise<string> => {
      const { body } = await call('GET', `machines?pool=${pool}&${query}`);
      return (body['machines'] as { name: string }[]).map(({ name }) => name).join();
    };
    expect(await names('')).toBe('berlin,bonn');
    expect(await names('state=unhealthy')).toBe('bonn');
    expect(await names('os=linux')).toBe('berlin');
    expect(await names('label=gpu')).toBe('berlin,bonn');
    expect(await names('label=gpu&label=site%3Dbonn')).toBe('bonn');
    expect(await names('label=rack')).toBe('');
    expect(messageOf(await call('GET', 'machines?state=lazy'))).toContain('state: must be one of unhealthy,');
    expect((await call('GET', 'machines?label=a%3Db%3Dc')).status).toBe(400);
  });

  it('replaces labels, and says which one is wrong', async () => {
    const id = await reported();
    expect((await call('PUT', `machines/${id}/labels`, { site: 'berlin' })).body).toMatchObject({
      id,
      labels: { site: 'berlin' },
    });
    expect(messageOf(await call('PUT', `machines/${id}/labels`, { Site: 'x' }))).toMatch(/Site.*lower-case/);
    expect((await call('GET', `machines/${id}`)).body).toMatchObject({ labels: { site: 'berlin' } });
    expect((await call('PUT', `machines/${newId()}/labels`, {})).status).toBe(404);
    expect((await call('PUT', 'machines/nobody/labels', {})).status).toBe(400);
  });

  it('orders a drain, says what it would cost, and who ordered it', async () => {
    const id = await reported({ slotsBusy: 2, busySeconds: 100 });
    const preview = await call('POST', `machines/${id}/drain`, { preview: true });
    expect(preview.body).toMatchObject({ machine: { id, drain: null }, workUnderWay: 2 });
    expect(preview.body['badputSeconds']).toBeGreaterThanOrEqual(100);
    const ordered = await call('POST', `machines/${id}/drain`, { deadlineSeconds: 600 }, ada);
    expect(ordered).toMatchObject({
      status: 200,
      body: { workUnderWay: 2, machine: { drain: { requestedBy: 'ada', deadlineAt: expect.any(String) } } },
    });
    expect((await management.stores.machines.heartbeat(report({ id }), 3600)).drain).not.toBeNull();
    expect(await call('POST', `machines/${id}/undrain`)).toMatchObject({
      status: 200,
      body: { drain: null },
    });
    expect((await call('POST', `machines/${id}/undrain`)).status).toBe(409);
    const wrong = await call('POST', `machines/${id}/drain`, { deadlineSeconds: -1 });
    expect(messageOf(wrong)).toContain('deadlineSeconds: must be 0 or more');
    expect((await call('POST', `machines/${newId()}/drain`, {})).status).toBe(404);
    expect((await call('POST', `machines/${newId()}/undrain`)).status).toBe(404);
  });

  it('enrols a machine by a token that works once, and revokes its key', async () => {
    const id = await reported();
    const revoke = (): Promise<{ status: number }> => call('POST', `machines/${id}/revoke`);
    expect((await revoke()).status).toBe(409);
    const made = await call('POST', 'enrolment-tokens', { note: 'for the desk' }, ada);
    expect(made).toMatchObject({ status: 201, body: { token: expect.stringMatching(/^[\w-]{43}$/) } });
    const { token } = made.body;
    const keyHash = 'ab'.repeat(32);
    const enrol = async (machineId: string): Promise<number> => {
      const answer = await fetch(`${management.url}/internal/enrolment`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, machineId, keyHash }),
      });
      return answer.status;
    };
    expect(await enrol(id)).toBe(204);
    expect(await enrol(id)).toBe(204);
    expect(await enrol(newId())).toBe(401);
    const { body } = await call('GET', 'enrolment-tokens');
    expect(body['tokens']).toEqual([
      expect.objectContaining({ note: 'for the desk', createdBy: 'ada', machineId: id }),
    ]);
    expect(JSON.stringify(body)).not.toContain(token);
    expect(await revoke()).toMatchObject({ status: 204 });
    expect((await revoke()).status).toBe(409);
    expect((await call('GET', `machines/${id}`)).body).toMatchObject({ state: 'revoked' });
    expect((await call('POST', `machines/${newId()}/revoke`)).status).toBe(404);
  });

  it('takes work of machines that are gone as lost, once their lease has ended', async () => {
    const said = report({ name: 'gone' });
    // A lease that has ended already.
    await management.stores.machines.heartbeat(said, -1);
    expect((await call('GET', `machines/${said.id}`)).body).toMatchObject({ state: 'offline' });
    expect((await call('POST', `machines/${said.id}/drain`, { preview: true })).body).toMatchObject({
      workUnderWay: 0,
      badputSeconds: 0,
    });
  });
});
