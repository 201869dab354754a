import { describe, expect, it } from '@jest/globals';
import { NotFoundError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import type { AppSettingStore, SettingsChange } from '#shared/store/app-setting-store.js';
import type { NewSchedule } from '#shared/store/catalogue-store.js';
import type { StoresUnderTest } from './database-under-test.js';
import { newVersion, scheduleOf } from './samples.js';

const nightly = (name: string): NewSchedule => scheduleOf(name, '0 0 2 * * *');

const sealed = (name: string, text = 'c2VhbGVk', keyId = 'key-1') => ({ name, keyId, sealed: text });

/** `AppSettingStore`. */
export function describeAppSettings(stores: StoresUnderTest): void {
  describe('AppSettingStore', () => {
    const newApp = async (): Promise<string> =>
      (await stores.one.catalogue.findOrCreateApp(`app-${newId()}`)).id;
    const change = (
      appId: string,
      revision: number,
      rest: Partial<SettingsChange>,
      store: AppSettingStore = stores.one.appSettings,
    ): Promise<boolean> =>
      store.change({
        ...{ set: [], remove: [], changedBy: 'ops', disabledFunctions: [], triggers: null },
        ...{ appId, revision, ...rest },
      });

    it('keeps settings by name without regard to case, with when and by whom', async () => {
      const appId = await newApp();
      expect(await stores.one.appSettings.read(appId)).toEqual({ revision: 0, settings: [] });
      const catalogueBefore = await stores.one.catalogue.revision();
      expect(await change(appId, 0, { set: [sealed('b'), sealed('A')] })).toBe(true);
      expect(await stores.one.catalogue.revision()).toBeGreaterThan(catalogueBefore);
      expect(await stores.other.appSettings.read(appId)).toEqual({
        revision: 1,
        settings: ['A', 'b'].map((name) => ({
          ...sealed(name),
          changedAt: expect.any(Date),
          changedBy: 'ops',
        })),
      });
      await change(appId, 1, { set: [sealed('a', 'bmV3')], remove: ['B', 'NEVER'], changedBy: 'dev' });
      expect(await stores.other.appSettings.read(appId)).toMatchObject({
        revision: 2,
        settings: [{ ...sealed('a', 'bmV3'), changedBy: 'dev' }],
      });
      expect(await stores.one.appSettings.read(await newApp())).toEqual({ revision: 0, settings: [] });
    });

    it('lets one of several win that start from the same revision', async () => {
      const appId = await newApp();
      const done = await Promise.all(
        [stores.one, stores.other].map(({ appSettings }, index) =>
          change(appId, 0, { set: [sealed(`S${index}`)] }, appSettings),
        ),
      );
      expect(done.filter(Boolean)).toHaveLength(1);
      expect((await stores.one.appSettings.read(appId)).settings).toHaveLength(1);
      await expect(change(newId(), 0, { set: [sealed('A')] })).rejects.toThrow(NotFoundError);
    });

    it('changes nothing when another version has become active', async () => {
      const appId = await newApp();
      const version = await stores.one.catalogue.activateVersion(newVersion(appId));
      expect(await change(appId, 0, { set: [sealed('A')] })).toBe(false);
      const triggers = { appVersionId: version.id, schedules: [] };
      expect(await change(appId, 0, { set: [sealed('A')], triggers })).toBe(true);
      expect((await stores.one.catalogue.findVersion(version.id))?.settingsRevision).toBe(1);
    });

    it('gives the active version changed schedules, and hides those of disabled functions', async () => {
      const appId = await newApp();
      const version = { ...newVersion(appId), schedules: [nightly('one'), nightly('two')] };
      const activated = await stores.one.catalogue.activateVersion(version);
      const own = async (): Promise<readonly [string, string][]> =>
        (await stores.other.schedules.listActive())
          .filter((schedule) => schedule.appId === appId)
          .map((schedule) => [schedule.functionName, schedule.expression] as [string, string])
          .sort();
      const [before] = [await stores.one.schedules.find(appId, 'two')];
      const changed = { ...nightly('one'), expression: '0 0 7 * * *', timeZone: 'Europe/Berlin' };
      const schedules = [changed, nightly('two'), nightly('three')];
      const triggers = { appVersionId: activated.id, schedules };
      expect(await change(appId, 0, { triggers })).toBe(true);
      expect(await own()).toEqual([
        ['one', '0 0 7 * * *'],
        ['three', nightly('three').expression],
        ['two', nightly('two').expression],
      ]);
      expect(await stores.one.schedules.find(appId, 'two')).toEqual(before);
      await change(appId, 1, { disabledFunctions: ['two'], triggers });
      expect((await own()).map(([name]) => name)).toEqual(['one', 'three']);
      expect(await stores.one.schedules.find(appId, 'two')).toBeNull();
      await change(appId, 2, { triggers });
      expect(await stores.one.schedules.find(appId, 'two')).toEqual(before);
    });

    it('marks functions that settings disable, whatever the case, and leaves the version itself alone', async () => {
      const appId = await newApp();
      const activated = await stores.one.catalogue.activateVersion(newVersion(appId));
      const [first] = activated.functions;
      const triggers = { appVersionId: activated.id, schedules: [] };
      await change(appId, 0, { disabledFunctions: [first?.name.toLowerCase() ?? ''], triggers });
      const read = await stores.other.catalogue.findVersion(activated.id);
      expect(read?.functions[0]).toEqual({ ...first, disabled: true, disabledBySetting: true });
      expect(read?.functions.slice(1)).toEqual(activated.functions.slice(1));
      await change(appId, 1, { triggers });
      expect((await stores.other.catalogue.findVersion(activated.id))?.functions).toEqual(
        activated.functions,
      );
    });

    it('seals anew without a new revision, but not over a change that came between', async () => {
      const appId = await newApp();
      await change(appId, 0, { set: [sealed('A', 'b2xk', 'old'), sealed('B', 'b2xk', 'old')] });
      expect(await stores.one.appSettings.keyIds()).toEqual(expect.arrayContaining(['old']));
      const revision = await stores.one.catalogue.revision();
      const pairs = [
        { before: sealed('A', 'b2xk', 'old'), after: sealed('A', 'bmV3', 'new') },
        { before: sealed('B', 'b3RoZXI=', 'old'), after: sealed('B', 'bmV3', 'new') },
      ];
      expect(await stores.one.appSettings.reseal(appId, pairs)).toBe(1);
      expect(await stores.one.appSettings.read(appId)).toMatchObject({
        revision: 1,
        settings: [sealed('A', 'bmV3', 'new'), sealed('B', 'b2xk', 'old')],
      });
      expect(await stores.one.catalogue.revision()).toBe(revision);
      expect(await stores.one.appSettings.keyIds()).toEqual(expect.arrayContaining(['new', 'old']));
    });
  });
}
