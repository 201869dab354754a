import { type Kysely, sql, type Transaction } from 'kysely';
import type { ContainerSettings } from '../../domain/container-settings.js';
import { NotFoundError } from '../../domain/errors.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';
import { fromJson } from './values.js';

/** An app without a row has no settings of its own. */
export async function readContainerSettings(db: Kysely<Schema>, appId: string): Promise<ContainerSettings> {
  const row = await db
    .selectFrom('container_settings')
    .select('settings')
    .where('app_id', '=', appId)
    .executeTakeFirst();
  return row ? fromJson(row.settings) : {};
}

/** Replaces an app's settings and raises the catalogue's revision. Throws `NotFoundError`. */
export async function writeContainerSettings(
  transaction: Transaction<Schema>,
  engine: Engine,
  appId: string,
  settings: ContainerSettings,
): Promise<void> {
  await raiseRevision(transaction);
  const app = await transaction
    .selectFrom('function_apps')
    .select('id')
    .where('id', '=', appId)
    .executeTakeFirst();
  if (!app) throw new NotFoundError('function app', appId);
  const values = { settings: JSON.stringify(settings), changed_at: engine.now() };
  const changed = await engine.changed(
    transaction.updateTable('container_settings').set(values).where('app_id', '=', appId),
    ['app_id'],
  );
  if (changed.length > 0) return;
  await transaction
    .insertInto('container_settings')
    .values({ app_id: appId, ...values })
    .execute();
}

/** First in a transaction, so that changes of the catalogue come one after another: the row's lock is held to the end. */
export async function raiseRevision(transaction: Transaction<Schema>): Promise<void> {
  await transaction
    .updateTable('catalogue_revision')
    .set({ revision: sql<number>`${sql.ref('revision')} + 1` })
    .where('id', '=', 1)
    .execute();
}
