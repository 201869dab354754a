import { describe, expect, it } from '@jest/globals';
import type { AccessKey } from '#shared/domain/access-key.js';
import { ConflictError, InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import type { NewDeployment } from '#shared/store/deployment-store.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newMachine } from './samples.js';

function newDeployment(appId: string): NewDeployment {
  return { id: newId(), appId, deployer: 'zip', author: 'Ada', message: 'Fix the “night” shift' };
}

/** `DeploymentStore`. */
export function describeDeployments(stores: StoresUnderTest): void {
  describe('DeploymentStore', () => {
    it('lets one deployment of an app be under way', async () => {
      const { appId, appName } = await activeApp(stores.one);
      const wanted = Array.from({ length: 8 }, () => newDeployment(appId));
      const begun = await Promise.all(
        wanted.map((deployment, index) =>
          (index % 2 ? stores.one : stores.other).deployments.begin(deployment),
        ),
      );
      expect(begun.filter(Boolean)).toHaveLength(1);
      const first = wanted[begun.indexOf(true)] as NewDeployment;
      expect(await stores.one.deployments.find(first.id)).toMatchObject({
        ...first,
        appName,
        state: 'pending',
        packageDigest: null,
        packageSizeBytes: null,
        appVersionId: null,
        notes: [],
        endedAt: null,
      });
      await stores.one.deployments.update(first.id, { state: 'deploying' });
      expect(await stores.one.deployments.begin(newDeployment(appId))).toBe(false);
      await stores.one.deployments.update(first.id, { state: 'failed', notes: ['No functions inside.'] });
      expect(await stores.one.deployments.begin(newDeployment(appId))).toBe(true);
    });

    it('changes only what it is told', async () => {
      const { appId, id: appVersionId } = await activeApp(stores.one);
      const deployment = newDeployment(appId);
      await stores.one.deployments.begin(deployment);
      await stores.one.deployments.update(deployment.id, {
        packageDigest: 'ef'.repeat(32),
        packageSizeBytes: 7,
      });
      await stores.one.deployments.update(deployment.id, {});
      await stores.one.deployments.update(deployment.id, {
        state: 'succeeded',
        appVersionId,
        notes: ['a', 'b'],
      });
      const found = await stores.other.deployments.find(deployment.id);
      expect(found).toMatchObject({
        state: 'succeeded',
        packageDigest: 'ef'.repeat(32),
        packageSizeBytes: 7,
        appVersionId,
        notes: ['a', 'b'],
      });
      expect(found?.endedAt).toBeInstanceOf(Date);
      expect(found?.receivedAt.getTime()).toBeLessThanOrEqual(found?.endedAt?.getTime() ?? 0);
      await expect(stores.one.deployments.update(newId(), { notes: [] })).rejects.toThrow(NotFoundError);
    });

    it('fails what was interrupted, so that the app can be deployed again', async () => {
      const { appId } = await activeApp(stores.one);
      const deployment = newDeployment(appId);
      await stores.one.deployments.begin(deployment);
      await stores.one.deployments.update(deployment.id, { notes: ['Unpacked.'] });
      expect(await stores.one.deployments.failInterrupted(3600, 'Interrupted.')).not.toContain(deployment.id);
      expect(await stores.one.deployments.failInterrupted(0, 'Interrupted.')).toContain(deployment.id);
      expect(await stores.one.deployments.failInterrupted(0, 'Again.')).not.toContain(deployment.id);
      expect(await stores.one.deployments.find(deployment.id)).toMatchObject({
        state: 'failed',
        notes: ['Unpacked.', 'Interrupted.'],
      });
      expect(await stores.one.deployments.begin(newDeployment(appId))).toBe(true);
    });

    it('takes the true end of a deployment that counted as interrupted, but not that it goes on', async () => {
      const { appId } = await activeApp(stores.one);
      const deployment = newDeployment(appId);
      await stores.one.deployments.begin(deployment);
      await stores.one.deployments.failInterrupted(0, 'Interrupted.');
      const goesOn = stores.one.deployments.update(deployment.id, { state: 'deploying' });
      await expect(goesOn).rejects.toThrow(ConflictError);
      await stores.one.deployments.update(deployment.id, { state: 'succeeded' });
      expect((await stores.one.deployments.find(deployment.id))?.state).toBe('succeeded');
    });

    it('lists them newest first', async () => {
      const { appId } = await activeApp(stores.one);
      expect(await stores.one.deployments.findLatest(appId)).toBeNull();
      const deployments = [newDeployment(appId), newDeployment(appId), newDeployment(appId)];
      for (const deployment of deployments) {
        await stores.one.deployments.begin(deployment);
        await stores.one.deployments.update(deployment.id, { state: 'succeeded' });
      }
      const newestFirst = deployments.map((deployment) => deployment.id).reverse();
      const listed = await stores.one.deployments.list(appId, 2);
      expect(listed.map((deployment) => deployment.id)).toEqual(newestFirst.slice(0, 2));
      expect((await stores.one.deployments.findLatest(appId))?.id).toBe(newestFirst[0]);
      await expect(stores.one.deployments.list(appId, 0)).rejects.toThrow(InvalidInputError);
    });
  });
}

type NewKey = Omit<AccessKey, 'createdAt'>;

function newKey(more: Partial<NewKey>): NewKey {
  return {
    id: newId(),
    scope: 'host',
    appId: null,
    functionName: null,
    name: 'default',
    hash: '01'.repeat(32),
    ...more,
  };
}

/** `AccessKeyStore`. */
export function describeAccessKeys(stores: StoresUnderTest): void {
  describe('AccessKeyStore', () => {
    it('adds a key once for its scope, app, function and name', async () => {
      const { appId } = await activeApp(stores.one);
      const sameKeys = Array.from({ length: 6 }, () => newKey({ appId }));
      const added = await Promise.all(
        sameKeys.map((key, index) => (index % 2 ? stores.one : stores.other).accessKeys.add(key)),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
      const others = [
        newKey({ appId, name: 'Default' }),
        newKey({ appId, scope: 'function', functionName: 'alpha' }),
        newKey({ appId, scope: 'function', functionName: 'zeta' }),
      ];
      for (const key of others) expect(await stores.one.accessKeys.add(key)).toBe(true);
      for (const key of others) {
        expect(await stores.one.accessKeys.add({ ...key, id: newId() })).toBe(false);
      }
    });

    it('puts a key once, and then gives it another hash', async () => {
      const { appId } = await activeApp(stores.one);
      const key = newKey({ appId, scope: 'system', name: 'events_extension' });
      expect(await stores.one.accessKeys.put(key)).toBe('added');
      expect(await stores.other.accessKeys.put({ ...key, id: newId(), hash: '02'.repeat(32) })).toBe(
        'replaced',
      );
      const kept = (await stores.one.accessKeys.listForApp(appId)).filter((one) => one.appId === appId);
      expect(kept).toEqual([{ ...key, hash: '02'.repeat(32), createdAt: expect.any(Date) }]);
    });

    it('lists every key that opens something of an app, the master key among them', async () => {
      const { appId } = await activeApp(stores.one);
      const another = await activeApp(stores.one);
      const masterName = `_master ${newId()}`;
      const master = newKey({ scope: 'master', name: masterName });
      const host = newKey({ appId });
      const ofFunction = newKey({ appId, scope: 'function', functionName: 'alpha' });
      const foreign = newKey({ appId: another.appId });
      for (const key of [master, host, ofFunction, foreign]) await stores.one.accessKeys.add(key);
      expect(await stores.one.accessKeys.add({ ...master, id: newId() })).toBe(false);
      const listed = await stores.other.accessKeys.listForApp(appId);
      const ids = listed.map((key) => key.id);
      expect(ids).toEqual(expect.arrayContaining([master.id, host.id, ofFunction.id]));
      expect(ids).not.toContain(foreign.id);
      expect(listed.find((key) => key.id === master.id)).toEqual({ ...master, createdAt: expect.any(Date) });
      expect(listed.find((key) => key.id === ofFunction.id)).toMatchObject(ofFunction);
      expect((await stores.one.accessKeys.listAll()).map((key) => key.id)).toContain(foreign.id);
      expect(await stores.one.accessKeys.remove(master.id)).toBe(true);
      expect(await stores.one.accessKeys.remove(master.id)).toBe(false);
    });
  });
}

/** `MachineStore`. */
export function describeMachines(stores: StoresUnderTest): void {
  describe('MachineStore', () => {
    const CAPS = { memoryBytes: 2 ** 34, cpus: 2.5, pids: 64, tmpBytes: 2 ** 20, network: 'none' } as const;

    it('remembers what a worker last said of itself, and when', async () => {
      const machine = newMachine();
      await Promise.all([stores.one.machines.heartbeat(machine), stores.other.machines.heartbeat(machine)]);
      const said = {
        ...machine,
        state: 'draining' as const,
        reason: 'It stops.',
        slotsBusy: 1,
        containerCaps: CAPS,
      };
      const before = await stores.one.store.now();
      await stores.one.machines.heartbeat(said);
      const listed = (await stores.other.machines.list(60)).filter((one) => one.id === machine.id);
      const unsaid = { busySeconds: null, attributes: null, capacity: null };
      const ofManagement = { labels: {}, drain: null, revokedAt: null, lastSeenAt: expect.any(Date) };
      expect(listed).toEqual([{ ...said, ...unsaid, ...ofManagement }]);
      expect(listed[0]?.lastSeenAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    });

    it('calls a machine offline that was silent for too long', async () => {
      const machine = newMachine();
      await stores.one.machines.heartbeat(machine);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const stateIn = async (seconds: number) =>
        (await stores.one.machines.list(seconds)).find((one) => one.id === machine.id)?.state;
      expect(await stateIn(0.01)).toBe('offline');
      expect(await stateIn(60)).toBe('ready');
    });

    it('lists by name', async () => {
      await stores.one.machines.heartbeat(newMachine({ name: `b-${newId()}` }));
      await stores.one.machines.heartbeat(newMachine({ name: `a-${newId()}` }));
      const names = (await stores.one.machines.list(60)).map((machine) => machine.name);
      expect(names).toEqual([...names].sort());
    });
  });
}
