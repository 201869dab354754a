import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { NotFoundError } from '#shared/domain/errors.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, FUNCTIONS, HOST, newVersion, scheduleOf } from './samples.js';

/** `CatalogueStore`. */
export function describeCatalogue(stores: StoresUnderTest): void {
  describe('CatalogueStore', () => {
    it('makes an app once, also when several ask for it at the same time', async () => {
      const name = `app-${newId()}`;
      expect(await stores.one.catalogue.findAppByName(name)).toBeNull();
      const apps = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).catalogue.findOrCreateApp(name),
        ),
      );
      expect(new Set(apps.map((app) => app.id)).size).toBe(1);
      const app = await stores.one.catalogue.findAppByName(name);
      expect(app).toEqual(apps[0]);
      expect(app).toMatchObject({ name, activeVersionId: null });
      expect(app?.createdAt).toBeInstanceOf(Date);
      expect((await stores.other.catalogue.listApps()).filter((one) => one.name === name)).toEqual([app]);
    });

    it('tells names apart by case', async () => {
      const name = `App-${newId()}`;
      const upper = await stores.one.catalogue.findOrCreateApp(name);
      const lower = await stores.one.catalogue.findOrCreateApp(name.toLowerCase());
      expect(lower.id).not.toBe(upper.id);
    });

    it('stores a version as it was given and makes it the active one', async () => {
      const app = await stores.one.catalogue.findOrCreateApp(`app-${newId()}`);
      const version = newVersion(app.id);
      const activated = await stores.one.catalogue.activateVersion(version);
      expect(activated).toMatchObject({
        id: version.id,
        appId: app.id,
        appName: app.name,
        appCreatedAt: app.createdAt,
        packageDigest: version.packageDigest,
        packageSizeBytes: 5_000_000_000,
      });
      expect(activated.host).toEqual(HOST);
      expect(JSON.parse(JSON.stringify(activated.functions))).toEqual(FUNCTIONS);
      expect(await stores.other.catalogue.findVersion(version.id)).toEqual(activated);
      expect((await stores.other.catalogue.findAppByName(app.name))?.activeVersionId).toBe(version.id);
      expect(await stores.one.catalogue.findVersion(newId())).toBeNull();
    });

    it('keeps whether its HTTP functions stream', async () => {
      const app = await stores.one.catalogue.findOrCreateApp(`app-${newId()}`);
      const silent = await stores.one.catalogue.activateVersion(newVersion(app.id));
      expect(silent.streamsHttp).toBe(false);
      const streaming = { ...newVersion(app.id), streamsHttp: true };
      const activated = await stores.one.catalogue.activateVersion(streaming);
      expect(activated.streamsHttp).toBe(true);
      expect((await stores.other.catalogue.findVersion(streaming.id))?.streamsHttp).toBe(true);
    });

    it('lists the active version of each app, the oldest app first', async () => {
      const older = await activeApp(stores.one);
      const newer = await activeApp(stores.one);
      const replaced = await stores.one.catalogue.activateVersion(newVersion(older.appId));
      const listed = await stores.other.catalogue.listActiveVersions();
      const ids = listed.map((version) => version.id);
      expect(ids).not.toContain(older.id);
      expect(ids.indexOf(replaced.id)).toBeLessThan(ids.indexOf(newer.id));
      expect(listed.find((version) => version.id === newer.id)).toEqual(newer);
    });

    it('raises the revision with every activation', async () => {
      const before = await stores.one.catalogue.revision();
      const app = await activeApp(stores.one);
      expect(await stores.other.catalogue.revision()).toBe(before + 1);
      await Promise.all([
        stores.one.catalogue.activateVersion(newVersion(app.appId)),
        stores.other.catalogue.activateVersion(newVersion(app.appId)),
      ]);
      expect(await stores.one.catalogue.revision()).toBe(before + 3);
    });

    it('keeps the container settings of an app, with every version of it', async () => {
      const app = await activeApp(stores.one);
      expect(app.container).toEqual({});
      expect(await stores.one.catalogue.containerSettings(app.appId)).toEqual({});
      const before = await stores.one.catalogue.revision();
      const allow = [{ host: 'db.internal', firstPort: 1433, lastPort: 1434 }];
      const settings = { memoryBytes: 2 ** 33, cpus: 0.5, network: { policy: 'allowList', allow } } as const;
      await stores.one.catalogue.setContainerSettings(app.appId, { pids: 64 });
      await stores.other.catalogue.setContainerSettings(app.appId, settings);
      expect(await stores.one.catalogue.containerSettings(app.appId)).toEqual(settings);
      expect(await stores.one.catalogue.findVersion(app.id)).toEqual({ ...app, container: settings });
      expect(await stores.one.catalogue.revision()).toBe(before + 2);
      const next = await stores.one.catalogue.activateVersion(newVersion(app.appId));
      expect(next.container).toEqual(settings);
    });

    it('has no container settings of an app that is not there', async () => {
      await expect(stores.one.catalogue.setContainerSettings(newId(), {})).rejects.toThrow(NotFoundError);
    });

    it('changes nothing when a part of an activation fails', async () => {
      const app = await activeApp(stores.one, [scheduleOf('zeta', '0 0 2 * * *')]);
      const before = await stores.one.catalogue.revision();
      const [double] = FUNCTIONS;
      const version = newVersion(app.appId, [scheduleOf('zeta', '0 0 3 * * *')]);
      const broken = { ...version, functions: [...FUNCTIONS, double as (typeof FUNCTIONS)[number]] };
      await expect(stores.one.catalogue.activateVersion(broken)).rejects.toThrow();
      expect(await stores.one.catalogue.findVersion(version.id)).toBeNull();
      expect(await stores.one.catalogue.revision()).toBe(before);
      expect((await stores.one.catalogue.findAppByName(app.appName))?.activeVersionId).toBe(app.id);
      const schedules = (await stores.one.schedules.listActive()).filter((one) => one.appId === app.appId);
      expect(schedules).toMatchObject([{ expression: '0 0 2 * * *', appVersionId: app.id }]);
      // The same version, mended, is still free to be activated.
      await expect(stores.one.catalogue.activateVersion(version)).resolves.toMatchObject({ id: version.id });
    });

    it('knows no version of an app that is not there', async () => {
      await expect(stores.one.catalogue.activateVersion(newVersion(newId()))).rejects.toThrow(NotFoundError);
    });
  });
}
