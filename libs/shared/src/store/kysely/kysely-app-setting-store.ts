import type { Transaction } from 'kysely';
import { settingKey } from '../../domain/app-setting.js';
import { NotFoundError } from '../../domain/errors.js';
import {
  type ActiveTriggers,
  AppSettingStore,
  type SealedSetting,
  type SettingsChange,
  type StoredSettings,
} from '../app-setting-store.js';
import { raiseRevision } from './container-settings-rows.js';
import type { Database } from './database.js';
import { changeSchedules } from './schedule-replacement.js';
import type { Schema } from './schema.js';
import { asDate, asNumber } from './values.js';

/** Apps' settings, over Kysely. */
export class KyselyAppSettingStore extends AppSettingStore {
  constructor(private readonly database: Database) {
    super();
  }

  read(appId: string): Promise<StoredSettings> {
    return this.database.read(async (db) => {
      // Before the values: with older ones than its revision says, a worker would keep them for good.
      const app = await db
        .selectFrom('function_apps')
        .select('settings_revision')
        .where('id', '=', appId)
        .executeTakeFirst();
      const rows = await db
        .selectFrom('app_settings')
        .selectAll()
        .where('app_id', '=', appId)
        .orderBy('name_key')
        .execute();
      const settings = rows.map((row) => ({
        name: row.name,
        keyId: row.key_id,
        sealed: row.sealed,
        changedAt: asDate(row.changed_at),
        changedBy: row.changed_by,
      }));
      return { revision: asNumber(app?.settings_revision), settings };
    });
  }

  change(change: SettingsChange): Promise<boolean> {
    return this.database.write(async (transaction) => {
      await raiseRevision(transaction);
      if (!(await isCurrent(transaction, change))) return false;
      const { appId, changedBy, disabledFunctions } = change;
      const changedAt = await this.database.now(transaction);
      for (const name of [...change.remove, ...change.set.map((one) => one.name)])
        await removeSetting(transaction, appId, name);
      for (const setting of change.set)
        await transaction
          .insertInto('app_settings')
          .values({ ...toRow(appId, setting), changed_at: changedAt, changed_by: changedBy })
          .execute();
      await transaction
        .updateTable('function_apps')
        .set({
          settings_revision: change.revision + 1,
          disabled_functions: disabledFunctions.length === 0 ? null : JSON.stringify(disabledFunctions),
        })
        .where('id', '=', appId)
        .execute();
      if (change.triggers) await this.changeTriggers(transaction, appId, change.triggers);
      return true;
    });
  }

  reseal(
    appId: string,
    settings: readonly { readonly before: SealedSetting; readonly after: SealedSetting }[],
  ): Promise<number> {
    return this.database.write(async (transaction) => {
      let count = 0;
      for (const { before, after } of settings) {
        const current = await transaction
          .selectFrom('app_settings')
          .select('sealed')
          .where('app_id', '=', appId)
          .where('name_key', '=', settingKey(before.name))
          .executeTakeFirst();
        if (current?.sealed !== before.sealed) continue;
        await transaction
          .updateTable('app_settings')
          .set({ key_id: after.keyId, sealed: after.sealed })
          .where('app_id', '=', appId)
          .where('name_key', '=', settingKey(before.name))
          .execute();
        count += 1;
      }
      return count;
    });
  }

  async keyIds(): Promise<readonly string[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom('app_settings').select('key_id').distinct().orderBy('key_id').execute(),
    );
    return rows.map((row) => row.key_id);
  }

  private changeTriggers(
    transaction: Transaction<Schema>,
    appId: string,
    { appVersionId, schedules }: ActiveTriggers,
  ): Promise<void> {
    return changeSchedules(transaction, this.database.engine, { id: appVersionId, appId }, schedules);
  }
}

/** Throws `NotFoundError`. */
async function isCurrent(transaction: Transaction<Schema>, change: SettingsChange): Promise<boolean> {
  const app = await transaction
    .selectFrom('function_apps')
    .select(['settings_revision', 'active_version_id'])
    .where('id', '=', change.appId)
    .executeTakeFirst();
  if (!app) throw new NotFoundError('function app', change.appId);
  const activeId = change.triggers?.appVersionId ?? null;
  return asNumber(app.settings_revision) === change.revision && app.active_version_id === activeId;
}

function toRow(appId: string, { name, keyId, sealed }: SealedSetting) {
  return { app_id: appId, name_key: settingKey(name), name, key_id: keyId, sealed };
}

async function removeSetting(transaction: Transaction<Schema>, appId: string, name: string): Promise<void> {
  await transaction
    .deleteFrom('app_settings')
    .where('app_id', '=', appId)
    .where('name_key', '=', settingKey(name))
    .execute();
}
