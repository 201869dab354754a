import type { Selectable, Transaction } from 'kysely';
import type { AccessKey } from '../../domain/access-key.js';
import { AccessKeyStore } from '../access-key-store.js';
import type { Database } from './database.js';
import type { AccessKeyTable, Schema } from './schema.js';
import { asDate } from './values.js';

/** Stands for "of no app" and "of no function": the table's unique key needs a value that equals itself. */
const NONE = '';

/** Access keys, over Kysely. */
export class KyselyAccessKeyStore extends AccessKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  add(key: Omit<AccessKey, 'createdAt'>): Promise<boolean> {
    return this.database.write(async (transaction) => {
      if (await this.exists(transaction, key)) return false;
      await this.insert(transaction, key);
      return true;
    });
  }

  put(key: Omit<AccessKey, 'createdAt'>): Promise<'added' | 'replaced'> {
    return this.database.write(async (transaction) => {
      if (await this.exists(transaction, key)) {
        await transaction
          .updateTable('access_keys')
          .set({ hash: key.hash, created_at: this.database.engine.now() })
          .where((eb) => eb.and(identityOf(key)))
          .execute();
        return 'replaced';
      }
      await this.insert(transaction, key);
      return 'added';
    });
  }

  async listForApp(appId: string): Promise<readonly AccessKey[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom('access_keys').selectAll().where('app_id', 'in', [appId, NONE]).orderBy('id').execute(),
    );
    return rows.map(toAccessKey);
  }

  async listAll(): Promise<readonly AccessKey[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom('access_keys').selectAll().orderBy('id').execute(),
    );
    return rows.map(toAccessKey);
  }

  async remove(id: string): Promise<boolean> {
    const result = await this.database.read((db) =>
      db.deleteFrom('access_keys').where('id', '=', id).executeTakeFirst(),
    );
    return result.numDeletedRows > 0n;
  }

  private async exists(transaction: Transaction<Schema>, key: KeyIdentity): Promise<boolean> {
    const row = await transaction
      .selectFrom('access_keys')
      .select('id')
      .where((eb) => eb.and(identityOf(key)))
      .executeTakeFirst();
    return row !== undefined;
  }

  private async insert(transaction: Transaction<Schema>, key: Omit<AccessKey, 'createdAt'>): Promise<void> {
    await transaction
      .insertInto('access_keys')
      .values({ ...identityOf(key), id: key.id, hash: key.hash, created_at: this.database.engine.now() })
      .execute();
  }
}

type KeyIdentity = Pick<AccessKey, 'appId' | 'scope' | 'functionName' | 'name'>;

function identityOf(
  key: KeyIdentity,
): Pick<Selectable<AccessKeyTable>, 'app_id' | 'scope' | 'function_name' | 'name'> {
  return {
    app_id: key.appId ?? NONE,
    scope: key.scope,
    function_name: key.functionName ?? NONE,
    name: key.name,
  };
}

function toAccessKey(row: Selectable<AccessKeyTable>): AccessKey {
  return {
    id: row.id,
    scope: row.scope as AccessKey['scope'],
    appId: row.app_id === NONE ? null : row.app_id,
    functionName: row.function_name === NONE ? null : row.function_name,
    name: row.name,
    hash: row.hash,
    createdAt: asDate(row.created_at),
  };
}
