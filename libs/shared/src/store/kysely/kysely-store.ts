import { types } from 'node:util';
import { Migrator } from 'kysely/migration';
import { UnavailableError } from '../../domain/errors.js';
import { Store } from '../store.js';
import type { Database } from './database.js';
import { MIGRATION_NAMES, SchemaMigrations } from './migrations/migrations.js';

const MIGRATION_TABLE = 'kysely_migration';

/** The database as a whole, over Kysely. */
export class KyselyStore extends Store {
  constructor(private readonly database: Database) {
    super();
  }

  async migrate(): Promise<void> {
    await this.database.write(async (transaction) => {
      await this.database.engine.lockMigrations(transaction);
      if ((await this.missingMigrations(transaction)).length === 0) return;
      const migrator = new Migrator({
        db: transaction,
        provider: new SchemaMigrations(this.database.engine.columnTypes),
        migrationTableName: MIGRATION_TABLE,
      });
      const { error } = await migrator.migrateToLatest();
      if (error) throw asError(error);
    });
  }

  async check(): Promise<void> {
    const missing = await this.database.read((db) => this.missingMigrations(db));
    if (missing.length === 0) return;
    throw new UnavailableError(`The database lacks these migrations: ${missing.join(', ')}.`);
  }

  now(): Promise<Date> {
    return this.database.read((db) => this.database.now(db));
  }

  async installationSecret(name: string, generate: () => string): Promise<string> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const existing = await transaction
        .selectFrom('installation_secrets')
        .select('secret')
        .where('name', '=', name)
        .executeTakeFirst();
      if (existing) return existing.secret;
      const secret = generate();
      await transaction
        .insertInto('installation_secrets')
        .values({ name, secret, created_at: engine.now() })
        .execute();
      return secret;
    });
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** A newer process may have run more than this one knows: that is no fault. */
  private async missingMigrations(
    db: Parameters<Parameters<Database['read']>[0]>[0],
  ): Promise<readonly string[]> {
    const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
    if (!tables.some((table) => table.name === MIGRATION_TABLE)) return MIGRATION_NAMES;
    const rows = await db
      .withTables<{ [MIGRATION_TABLE]: { name: string } }>()
      .selectFrom(MIGRATION_TABLE)
      .select('name')
      .execute();
    const done = new Set(rows.map((row) => row.name));
    return MIGRATION_NAMES.filter((name) => !done.has(name));
  }
}

/** Kysely gives what was thrown, whatever that was. */
function asError(thrown: unknown): Error {
  return types.isNativeError(thrown) ? thrown : new Error('A migration failed.', { cause: thrown });
}
