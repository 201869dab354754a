import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Placement, PlacementKey, PlacementVersion, StandingPlacement } from '../../domain/placement.js';
import { type PlacementChange, PlacementStore } from '../placement-store.js';
import { raiseRevision } from './container-settings-rows.js';
import type { Database } from './database.js';
import type { FunctionPlacementTable, Schema } from './schema.js';
import { asDate, fromJsonOrUndefined } from './values.js';

const LISTED_VERSIONS = 1000;

type Changed = Pick<PlacementVersion, 'changedBy' | 'changedAt'>;

/** What functions ask of their machines, over Kysely. */
export class KyselyPlacementStore extends PlacementStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(): Promise<readonly StandingPlacement[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom('function_placements').selectAll().orderBy('app_id').orderBy('function_name').execute(),
    );
    return rows.map(toVersion).filter(isStanding);
  }

  async find(key: PlacementKey): Promise<StandingPlacement | null> {
    const row = await this.database.read((db) => placementOf(db, key).executeTakeFirst());
    const found = row && toVersion(row);
    return found && isStanding(found) ? found : null;
  }

  put({ placement, changedBy, appId, functionName }: PlacementChange): Promise<StandingPlacement> {
    const key = { appId, functionName };
    return this.database.write(async (transaction) => {
      await raiseRevision(transaction);
      const changed = { changedBy, changedAt: await this.database.now(transaction) };
      const known = await this.overwrite(transaction, key, placement, changed);
      const version = known ?? 1;
      const values = rowOf({ ...key, version, placement, ...changed });
      if (known === null) await transaction.insertInto('function_placements').values(values).execute();
      await transaction.insertInto('function_placement_versions').values(values).execute();
      return { ...key, version, placement, ...changed };
    });
  }

  remove({ appId, functionName }: PlacementKey, changedBy: string): Promise<boolean> {
    const key = { appId, functionName };
    return this.database.write(async (transaction) => {
      await raiseRevision(transaction);
      const changed = { changedBy, changedAt: await this.database.now(transaction) };
      const version = await this.overwrite(transaction, key, null, changed);
      if (version === null) return false;
      const values = rowOf({ ...key, version, placement: null, ...changed });
      await transaction.insertInto('function_placement_versions').values(values).execute();
      return true;
    });
  }

  async history({ appId, functionName }: PlacementKey): Promise<readonly PlacementVersion[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('function_placement_versions')
        .selectAll()
        .where('app_id', '=', appId)
        .where('function_name', '=', functionName)
        .orderBy('version', 'desc')
        .$call(this.database.engine.first(LISTED_VERSIONS))
        .execute(),
    );
    return rows.map(toVersion);
  }

  /** Gives the new version; null when there is no row to overwrite, or nothing to remove. */
  private async overwrite(
    transaction: Transaction<Schema>,
    { appId, functionName }: PlacementKey,
    placement: Placement | null,
    changed: Changed,
  ): Promise<number | null> {
    const changes = transaction
      .updateTable('function_placements')
      .set((eb) => ({ ...columnsOf(placement, changed), version: eb('version', '+', 1) }))
      .where('app_id', '=', appId)
      .where('function_name', '=', functionName);
    const rows = await this.database.engine.changed(
      placement === null ? changes.where('placement', 'is not', null) : changes,
      ['version'],
    );
    return rows[0]?.version ?? null;
  }
}

function placementOf(db: Kysely<Schema>, { appId, functionName }: PlacementKey) {
  return db
    .selectFrom('function_placements')
    .selectAll()
    .where('app_id', '=', appId)
    .where('function_name', '=', functionName);
}

function rowOf({ appId, functionName, version, placement, ...changed }: PlacementVersion) {
  return { app_id: appId, function_name: functionName, version, ...columnsOf(placement, changed) };
}

function columnsOf(placement: Placement | null, { changedBy, changedAt }: Changed) {
  return {
    placement: placement && JSON.stringify(placement),
    changed_by: changedBy,
    changed_at: changedAt,
  };
}

function toVersion(row: Selectable<FunctionPlacementTable>): PlacementVersion {
  return {
    appId: row.app_id,
    functionName: row.function_name,
    version: row.version,
    placement: fromJsonOrUndefined<Placement>(row.placement) ?? null,
    changedBy: row.changed_by,
    changedAt: asDate(row.changed_at),
  };
}

function isStanding(version: PlacementVersion): version is StandingPlacement {
  return version.placement !== null;
}
