import type { Kysely, Transaction } from 'kysely';
import type { ContainerSettings } from '../../domain/container-settings.js';
import { NotFoundError } from '../../domain/errors.js';
import type { AppVersion, FunctionApp, FunctionDefinition } from '../../domain/function-app.js';
import { newId } from '../../domain/ids.js';
import { CatalogueStore, type NewAppVersion } from '../catalogue-store.js';
import {
  type AppVersionRow,
  fromFunctionDefinition,
  toAppVersion,
  toFunctionApp,
  toFunctionDefinition,
} from './catalogue-rows.js';
import { raiseRevision, readContainerSettings, writeContainerSettings } from './container-settings-rows.js';
import type { Database } from './database.js';
import { inSlices } from './paging.js';
import { replaceSchedules } from './schedule-replacement.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

/** The catalogue, over Kysely. */
export class KyselyCatalogueStore extends CatalogueStore {
  constructor(private readonly database: Database) {
    super();
  }

  async findOrCreateApp(name: string): Promise<FunctionApp> {
    const existing = await this.findAppByName(name);
    return existing ?? this.database.write((transaction) => this.createApp(transaction, name));
  }

  findAppByName(name: string): Promise<FunctionApp | null> {
    return this.database.read((db) => appByName(db, name));
  }

  async listApps(): Promise<readonly FunctionApp[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom('function_apps').selectAll().orderBy('name').execute(),
    );
    return rows.map(toFunctionApp);
  }

  activateVersion(version: NewAppVersion): Promise<AppVersion> {
    return this.database.write(async (transaction) => {
      await raiseRevision(transaction);
      const app = await transaction
        .selectFrom('function_apps')
        .selectAll()
        .where('id', '=', version.appId)
        .executeTakeFirst();
      if (!app) throw new NotFoundError('function app', version.appId);
      await this.insertVersion(transaction, version);
      await replaceSchedules(transaction, this.database.engine, version, app.active_version_id);
      await transaction
        .updateTable('function_apps')
        .set({ active_version_id: version.id })
        .where('id', '=', version.appId)
        .execute();
      const [activated] = await loadVersions(transaction, await versionById(transaction, version.id));
      if (!activated) throw new NotFoundError('app version', version.id);
      return activated;
    });
  }

  async findVersion(id: string): Promise<AppVersion | null> {
    const [version] = await this.database.read(async (db) => loadVersions(db, await versionById(db, id)));
    return version ?? null;
  }

  listActiveVersions(): Promise<readonly AppVersion[]> {
    return this.database.read(async (db) => {
      const rows = await versions(db)
        .whereRef('app.active_version_id', '=', 'version.id')
        .orderBy('app.id')
        .execute();
      return loadVersions(db, rows);
    });
  }

  containerSettings(appId: string): Promise<ContainerSettings> {
    return this.database.read((db) => readContainerSettings(db, appId));
  }

  async setContainerSettings(appId: string, settings: ContainerSettings): Promise<void> {
    await this.database.write((transaction) =>
      writeContainerSettings(transaction, this.database.engine, appId, settings),
    );
  }

  async revision(): Promise<number> {
    const row = await this.database.read((db) =>
      db.selectFrom('catalogue_revision').select('revision').where('id', '=', 1).executeTakeFirst(),
    );
    return asNumber(row?.revision);
  }

  private async createApp(transaction: Transaction<Schema>, name: string): Promise<FunctionApp> {
    const existing = await appByName(transaction, name);
    if (existing) return existing;
    const createdAt = await this.database.now(transaction);
    const app = { id: newId(), name, created_at: createdAt, active_version_id: null };
    await transaction.insertInto('function_apps').values(app).execute();
    return toFunctionApp(app);
  }

  private async insertVersion(transaction: Transaction<Schema>, version: NewAppVersion): Promise<void> {
    await transaction
      .insertInto('app_versions')
      .values({
        id: version.id,
        app_id: version.appId,
        package_digest: version.packageDigest,
        package_size_bytes: version.packageSizeBytes,
        host: JSON.stringify(version.host),
        created_at: this.database.engine.now(),
        streams_http: version.streamsHttp ?? false,
      })
      .execute();
    for (const [position, definition] of version.functions.entries()) {
      await transaction
        .insertInto('functions')
        .values(fromFunctionDefinition(version.id, definition, position))
        .execute();
    }
  }
}

async function appByName(db: Kysely<Schema>, name: string): Promise<FunctionApp | null> {
  const row = await db.selectFrom('function_apps').selectAll().where('name', '=', name).executeTakeFirst();
  return row ? toFunctionApp(row) : null;
}

function versions(db: Kysely<Schema>) {
  return db
    .selectFrom('app_versions as version')
    .innerJoin('function_apps as app', 'app.id', 'version.app_id')
    .leftJoin('container_settings as container', 'container.app_id', 'version.app_id')
    .selectAll('version')
    .select(['app.name as app_name', 'app.created_at as app_created_at', 'container.settings as container'])
    .select(['app.settings_revision', 'app.disabled_functions']);
}

function versionById(db: Kysely<Schema>, id: string): Promise<AppVersionRow[]> {
  return versions(db).where('version.id', '=', id).execute();
}

/** Adds the functions to each version's row. */
async function loadVersions(db: Kysely<Schema>, rows: readonly AppVersionRow[]): Promise<AppVersion[]> {
  const functions = new Map<string, FunctionDefinition[]>(rows.map((row) => [row.id, []]));
  for (const ids of inSlices(rows.map((row) => row.id))) {
    const definitions = await db
      .selectFrom('functions')
      .selectAll()
      .where('app_version_id', 'in', ids)
      .orderBy('app_version_id')
      .orderBy('position')
      .execute();
    for (const row of definitions) functions.get(row.app_version_id)?.push(toFunctionDefinition(row));
  }
  return rows.map((row) => toAppVersion(row, functions.get(row.id) ?? []));
}
