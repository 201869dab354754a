import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { MachineReport } from '#shared/domain/machine.js';
import type { NewEnrolmentToken } from '#shared/store/enrolment-store.js';
import type { StoresUnderTest } from './database-under-test.js';
import { newMachine } from './samples.js';

const LONG = 3600;

/** What management orders, as `MachineStore` keeps it and hands it out with the answer to a heartbeat. */
export function describeOrders(stores: StoresUnderTest): void {
  async function reported(more: Partial<MachineReport> = {}): Promise<string> {
    const machine = newMachine(more);
    await stores.one.machines.heartbeat(machine, LONG);
    return machine.id;
  }

  describe('MachineStore, orders', () => {
    it('has none for a machine that nobody ordered anything', async () => {
      const before = await stores.one.store.now();
      const orders = await stores.one.machines.heartbeat(newMachine(), LONG);
      expect(orders).toEqual({
        now: expect.any(Date),
        revoked: false,
        drain: null,
        labels: {},
        policyLayers: {},
      });
      expect(orders.now.getTime()).toBeGreaterThanOrEqual(before.getTime());
    });

    it('tells of a drain with the next heartbeat, and of its end with the one after', async () => {
      const machine = newMachine();
      await stores.one.machines.heartbeat(machine, LONG);
      expect(await stores.other.machines.undrain(machine.id)).toBe(false);
      await stores.other.machines.drain(machine.id, { deadlineSeconds: 600, requestedBy: 'Ada' });
      const { drain, now } = await stores.one.machines.heartbeat(machine, LONG);
      expect(drain).toMatchObject({ requestedBy: 'Ada' });
      const secondsLeft = ((drain?.deadlineAt?.getTime() ?? 0) - now.getTime()) / 1000;
      expect(secondsLeft).toBeGreaterThan(0);
      expect(secondsLeft).toBeLessThanOrEqual(600);
      expect((await stores.one.machines.find(machine.id, LONG))?.drain).toEqual(drain);
      await stores.other.machines.drain(machine.id, { deadlineSeconds: null, requestedBy: 'Ben' });
      expect((await stores.one.machines.heartbeat(machine, LONG)).drain).toMatchObject({
        deadlineAt: null,
        requestedBy: 'Ben',
      });
      expect(await stores.other.machines.undrain(machine.id)).toBe(true);
      expect((await stores.one.machines.heartbeat(machine, LONG)).drain).toBeNull();
    });

    it('replaces labels, and keeps them apart from drains and heartbeats', async () => {
      const machine = newMachine();
      await stores.one.machines.heartbeat(machine, LONG);
      expect(await stores.one.machines.setLabels(machine.id, { site: 'berlin', gpu: '' })).toBe(true);
      await stores.one.machines.drain(machine.id, { deadlineSeconds: null, requestedBy: 'Ada' });
      expect(await stores.one.machines.setLabels(machine.id, { site: 'köln' })).toBe(true);
      const orders = await stores.one.machines.heartbeat(machine, LONG);
      expect(orders.labels).toEqual({ site: 'köln' });
      const found = await stores.other.machines.find(machine.id, LONG);
      expect(found).toMatchObject({ labels: { site: 'köln' }, drain: { requestedBy: 'Ada' } });
    });

    it('keeps what a machine says of its spare time, until it says something else', async () => {
      const capacity = { state: 'claimed/suspended', reason: 'USER_ACTIVE' } as const;
      const machine = newMachine({ capacity });
      await stores.one.machines.heartbeat(machine, LONG);
      expect(await stores.other.machines.find(machine.id, LONG)).toMatchObject({ capacity });
      await stores.one.machines.heartbeat({ ...machine, capacity: null }, LONG);
      expect(await stores.other.machines.find(machine.id, LONG)).toMatchObject({ capacity: null });
    });

    it('orders nothing for a machine that never came', async () => {
      const unknown = newId();
      expect(await stores.one.machines.setLabels(unknown, {})).toBe(false);
      expect(await stores.one.machines.drain(unknown, { deadlineSeconds: 1, requestedBy: '' })).toBe(false);
      expect(await stores.one.machines.undrain(unknown)).toBe(false);
      expect(await stores.one.machines.find(unknown, LONG)).toBeNull();
    });

    it('calls a machine offline once its lease has ended, and gives it to one caller to see to', async () => {
      const lasting = await reported();
      const ended = newMachine();
      await stores.one.machines.heartbeat(ended, 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await stores.one.machines.find(ended.id, LONG))?.state).toBe('offline');
      expect((await stores.one.machines.find(lasting, 0))?.state).toBe('ready');
      const marked = await Promise.all(
        [stores.one, stores.other, stores.one, stores.other].map(({ machines }) => machines.markOffline()),
      );
      const ids = marked.flat().map(({ id }) => id);
      expect(ids.filter((id) => id === ended.id)).toHaveLength(1);
      expect(ids).not.toContain(lasting);
      await stores.one.machines.heartbeat(ended, LONG);
      expect((await stores.one.machines.find(ended.id, LONG))?.state).toBe('ready');
    });
  });
}

function newToken(more: Partial<NewEnrolmentToken> = {}): NewEnrolmentToken {
  const token = { id: newId(), hash: newId(), note: 'for the desk', createdBy: 'Ada', lifetimeSeconds: LONG };
  return { ...token, ...more };
}

/** `EnrolmentStore`. */
export function describeEnrolment(stores: StoresUnderTest): void {
  const addToken = async (more: Partial<NewEnrolmentToken> = {}): Promise<string> => {
    const token = newToken(more);
    await stores.one.enrolment.addToken(token);
    return token.hash;
  };

  describe('EnrolmentStore', () => {
    it('lets a token be used once, by one of those who try at the same time', async () => {
      const tokenHash = await addToken();
      const requests = Array.from({ length: 6 }, () => ({ tokenHash, machineId: newId(), keyHash: newId() }));
      const results = await Promise.all(
        requests.map((request, index) => (index % 2 ? stores.one : stores.other).enrolment.enrol(request)),
      );
      expect(results.toSorted()).toEqual(['enrolled', ...Array<string>(5).fill('tokenRefused')]);
      const [winner] = requests.filter((_, index) => results[index] === 'enrolled');
      const found = await Promise.all(
        requests.map(({ keyHash }) => stores.one.enrolment.machineOfKey(keyHash)),
      );
      expect(found.filter((id) => id !== null)).toEqual([winner?.machineId]);
    });

    it('answers the same request again alike, and another with the same token not', async () => {
      const request = { tokenHash: await addToken(), machineId: newId(), keyHash: newId() };
      expect(await stores.one.enrolment.enrol(request)).toBe('enrolled');
      expect(await stores.other.enrolment.enrol(request)).toBe('enrolled');
      const other = { ...request, machineId: newId(), keyHash: newId() };
      expect(await stores.one.enrolment.enrol(other)).toBe('tokenRefused');
    });

    it('refuses what is no token, and what has expired', async () => {
      const machine = { machineId: newId(), keyHash: newId() };
      expect(await stores.one.enrolment.enrol({ ...machine, tokenHash: newId() })).toBe('tokenRefused');
      const tokenHash = await addToken({ lifetimeSeconds: 0 });
      expect(await stores.one.enrolment.enrol({ ...machine, tokenHash })).toBe('tokenRefused');
      expect(await stores.one.enrolment.machineOfKey(machine.keyHash)).toBeNull();
    });

    it('gives no machine a second key while its first is good, and keeps the token then', async () => {
      const machineId = newId();
      await stores.one.enrolment.enrol({ tokenHash: await addToken(), machineId, keyHash: newId() });
      const tokenHash = await addToken();
      const again = { tokenHash, machineId, keyHash: newId() };
      expect(await stores.one.enrolment.enrol(again)).toBe('hasKey');
      expect(await stores.one.enrolment.enrol({ ...again, machineId: newId() })).toBe('enrolled');
    });

    it('revokes a key at once, tells the machine, and lets it enrol anew', async () => {
      const machine = newMachine();
      const keyHash = newId();
      const request = { tokenHash: await addToken(), machineId: machine.id, keyHash };
      await stores.one.enrolment.enrol(request);
      await stores.one.machines.heartbeat(machine, LONG);
      expect(await stores.one.enrolment.revoke(machine.id, 'Ada')).toBe(true);
      expect(await stores.one.enrolment.revoke(machine.id, 'Ada')).toBe(false);
      expect(await stores.other.enrolment.machineOfKey(keyHash)).toBeNull();
      expect((await stores.other.machines.heartbeat(machine, LONG)).revoked).toBe(true);
      expect(await stores.other.machines.find(machine.id, LONG)).toMatchObject({
        state: 'revoked',
        revokedAt: expect.any(Date),
      });
      expect(await stores.one.enrolment.enrol(request)).toBe('tokenRefused');
      const anew = { tokenHash: await addToken(), machineId: machine.id, keyHash: newId() };
      expect(await stores.one.enrolment.enrol(anew)).toBe('enrolled');
      expect((await stores.one.machines.heartbeat(machine, LONG)).revoked).toBe(false);
      expect(await stores.one.enrolment.machineOfKey(anew.keyHash)).toBe(machine.id);
      expect(await stores.one.enrolment.revoke(newId(), 'Ada')).toBe(false);
    });

    it('lists tokens, newest first, with who used them', async () => {
      const unused = newToken();
      const made = await stores.one.enrolment.addToken(unused);
      const used = newToken();
      await stores.one.enrolment.addToken(used);
      const machineId = newId();
      await stores.one.enrolment.enrol({ tokenHash: used.hash, machineId, keyHash: newId() });
      const listed = await stores.other.enrolment.listTokens();
      const ours = listed.filter(({ id }) => id === unused.id || id === used.id);
      expect(ours.map(({ id }) => id)).toEqual([used.id, unused.id]);
      expect(ours[0]).toMatchObject({ machineId, usedAt: expect.any(Date) });
      expect(ours[1]).toEqual(made);
      expect(made).toMatchObject({ note: 'for the desk', createdBy: 'Ada', usedAt: null, machineId: null });
      expect(made.expiresAt.getTime() - made.createdAt.getTime()).toBe(LONG * 1000);
    });
  });
}
