import type { Kysely, Selectable } from 'kysely';
import type { Deployment, DeploymentState } from '../../domain/deployment.js';
import { ConflictError, NotFoundError } from '../../domain/errors.js';
import { DeploymentStore, type NewDeployment } from '../deployment-store.js';
import type { Database } from './database.js';
import { checkedLimit } from './paging.js';
import type { DeploymentTable, Schema } from './schema.js';
import { asDate, asDateOrNull, asNumber, fromJson } from './values.js';

type Change = Parameters<DeploymentStore['update']>[1];

/** Deployments, over Kysely. */
export class KyselyDeploymentStore extends DeploymentStore {
  constructor(private readonly database: Database) {
    super();
  }

  begin(deployment: NewDeployment): Promise<boolean> {
    return this.database.write(async (transaction) => {
      const underWay = await transaction
        .selectFrom('deployments')
        .select('id')
        .where('app_id', '=', deployment.appId)
        .where('ended_at', 'is', null)
        .executeTakeFirst();
      if (underWay) return false;
      await transaction
        .insertInto('deployments')
        .values({
          id: deployment.id,
          app_id: deployment.appId,
          state: 'pending' satisfies DeploymentState,
          package_digest: null,
          package_size_bytes: null,
          app_version_id: null,
          deployer: deployment.deployer,
          author: deployment.author,
          message: deployment.message,
          notes: '[]',
          received_at: this.database.engine.now(),
          ended_at: null,
        })
        .execute();
      return true;
    });
  }

  /**
   * Throws `NotFoundError`, and `ConflictError` when a deployment that has ended (it counted as interrupted, perhaps) is said to be
   * under way again. Its end may still be corrected: whoever carries it out knows best.
   */
  async update(id: string, change: Change): Promise<void> {
    await this.database.write(async (transaction) => {
      const row = await transaction
        .selectFrom('deployments')
        .select('ended_at')
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row) throw new NotFoundError('deployment', id);
      if (row.ended_at !== null && change.state && isUnderWay(change.state)) {
        throw new ConflictError(`The deployment ${id} has ended already.`);
      }
      const ends = change.state && !isUnderWay(change.state) && row.ended_at === null;
      const values = { ...columnsOf(change), ...(ends && { ended_at: this.database.engine.now() }) };
      if (Object.keys(values).length === 0) return;
      await transaction.updateTable('deployments').set(values).where('id', '=', id).execute();
    });
  }

  failInterrupted(olderThanSeconds: number, note: string): Promise<readonly string[]> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const failed = await engine.changed(
        transaction
          .updateTable('deployments')
          .set({ state: 'failed' satisfies DeploymentState, ended_at: engine.now() })
          .where('ended_at', 'is', null)
          .where('received_at', '<=', engine.secondsAgo(olderThanSeconds)),
        ['id', 'notes'],
      );
      for (const { id, notes } of failed) {
        const all = JSON.stringify([...fromJson<string[]>(notes), note]);
        await transaction.updateTable('deployments').set({ notes: all }).where('id', '=', id).execute();
      }
      return failed.map((row) => row.id);
    });
  }

  async find(id: string): Promise<Deployment | null> {
    const row = await this.database.read((db) =>
      deployments(db).where('deployment.id', '=', id).executeTakeFirst(),
    );
    return row ? toDeployment(row) : null;
  }

  async findLatest(appId: string): Promise<Deployment | null> {
    const [latest] = await this.list(appId, 1);
    return latest ?? null;
  }

  async list(appId: string, limit: number): Promise<readonly Deployment[]> {
    const rows = await this.database.read((db) =>
      deployments(db)
        .where('deployment.app_id', '=', appId)
        .orderBy('deployment.id', 'desc')
        .$call(this.database.engine.first(checkedLimit(limit)))
        .execute(),
    );
    return rows.map(toDeployment);
  }
}

function isUnderWay(state: DeploymentState): boolean {
  return state === 'pending' || state === 'deploying';
}

/** Only what the change names. */
function columnsOf(change: Change) {
  return {
    ...(change.state !== undefined && { state: change.state }),
    ...(change.packageDigest !== undefined && { package_digest: change.packageDigest }),
    ...(change.packageSizeBytes !== undefined && { package_size_bytes: change.packageSizeBytes }),
    ...(change.appVersionId !== undefined && { app_version_id: change.appVersionId }),
    ...(change.notes !== undefined && { notes: JSON.stringify(change.notes) }),
  };
}

function deployments(db: Kysely<Schema>) {
  return db
    .selectFrom('deployments as deployment')
    .innerJoin('function_apps as app', 'app.id', 'deployment.app_id')
    .selectAll('deployment')
    .select('app.name as app_name');
}

function toDeployment(row: Selectable<DeploymentTable> & { readonly app_name: string }): Deployment {
  return {
    id: row.id,
    appId: row.app_id,
    appName: row.app_name,
    state: row.state as DeploymentState,
    packageDigest: row.package_digest,
    packageSizeBytes: row.package_size_bytes === null ? null : asNumber(row.package_size_bytes),
    appVersionId: row.app_version_id,
    deployer: row.deployer,
    author: row.author,
    message: row.message,
    notes: fromJson(row.notes),
    receivedAt: asDate(row.received_at),
    endedAt: asDateOrNull(row.ended_at),
  };
}
