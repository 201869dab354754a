import type { Transaction } from 'kysely';
import type { PolicyKey, PolicyVersion, StandingPolicy } from '../../domain/machine-policy.js';
import { type PolicyChange, PolicyStore } from '../policy-store.js';
import type { Database } from './database.js';
import { toStanding, toVersion } from './policy-rows.js';
import type { Schema } from './schema.js';

const LISTED_VERSIONS = 1000;

/** Capacity policies, over Kysely. */
export class KyselyPolicyStore extends PolicyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(): Promise<readonly StandingPolicy[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom('capacity_policies').selectAll().orderBy('scope').orderBy('name').execute(),
    );
    return toStanding(rows);
  }

  async find({ scope, name }: PolicyKey): Promise<StandingPolicy | null> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('capacity_policies')
        .selectAll()
        .where('scope', '=', scope)
        .where('name', '=', name)
        .execute(),
    );
    return toStanding(rows)[0] ?? null;
  }

  put({ knobs, changedBy, ...key }: PolicyChange): Promise<StandingPolicy> {
    return this.database.write(async (transaction) => {
      const changed = { changedBy, changedAt: await this.database.now(transaction) };
      const known = await this.overwrite(transaction, key, knobs, changed);
      const version = known ?? 1;
      const values = { ...key, version, ...columnsOf(knobs, changed) };
      if (known === null) await transaction.insertInto('capacity_policies').values(values).execute();
      await transaction.insertInto('capacity_policy_versions').values(values).execute();
      return { ...key, version, knobs, ...changed };
    });
  }

  remove(key: PolicyKey, changedBy: string): Promise<boolean> {
    return this.database.write(async (transaction) => {
      const changed = { changedBy, changedAt: await this.database.now(transaction) };
      const version = await this.overwrite(transaction, key, null, changed);
      if (version === null) return false;
      await transaction
        .insertInto('capacity_policy_versions')
        .values({ ...key, version, ...columnsOf(null, changed) })
        .execute();
      return true;
    });
  }

  async history({ scope, name }: PolicyKey): Promise<readonly PolicyVersion[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('capacity_policy_versions')
        .selectAll()
        .where('scope', '=', scope)
        .where('name', '=', name)
        .orderBy('version', 'desc')
        .$call(this.database.engine.first(LISTED_VERSIONS))
        .execute(),
    );
    return rows.map(toVersion);
  }

  /** Gives the new version; null when there is no row to overwrite, or nothing to remove. One statement: two at once count on. */
  private async overwrite(
    transaction: Transaction<Schema>,
    { scope, name }: PolicyKey,
    knobs: PolicyVersion['knobs'],
    changed: Changed,
  ): Promise<number | null> {
    const changes = transaction
      .updateTable('capacity_policies')
      .set((eb) => ({ ...columnsOf(knobs, changed), version: eb('version', '+', 1) }))
      .where('scope', '=', scope)
      .where('name', '=', name);
    const rows = await this.database.engine.changed(
      knobs === null ? changes.where('knobs', 'is not', null) : changes,
      ['version'],
    );
    return rows[0]?.version ?? null;
  }
}

type Changed = Pick<PolicyVersion, 'changedBy' | 'changedAt'>;

function columnsOf(knobs: PolicyVersion['knobs'], { changedBy, changedAt }: Changed) {
  return { knobs: knobs && JSON.stringify(knobs), changed_by: changedBy, changed_at: changedAt };
}
