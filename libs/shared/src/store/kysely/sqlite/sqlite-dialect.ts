import {
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { SqliteConnection } from './sqlite-connection.js';
import { SqliteFile } from './sqlite-file.js';

/** Kysely over `node:sqlite`. */
export class NodeSqliteDialect implements Dialect {
  constructor(private readonly path: string) {}

  createDriver(): Driver {
    return new NodeSqliteDriver(this.path);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new NodeSqliteAdapter();
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database);
  }
}

class NodeSqliteAdapter extends SqliteAdapter {
  /** Connections take turns by themselves, and only to write. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  /** The migrations run within a transaction that is IMMEDIATE from its start. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDriver implements Driver {
  private file: SqliteFile | null = null;

  constructor(private readonly path: string) {}

  async init(): Promise<void> {
    this.file = await SqliteFile.open(this.path);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.file) throw new Error('The SQLite file is not open.');
    return new SqliteConnection(this.file);
  }

  async beginTransaction(connection: SqliteConnection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    connection.commit();
  }

  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    connection.rollback();
  }

  async releaseConnection(): Promise<void> {
    // There is nothing to give back: the turn to write ended with the transaction.
  }

  async destroy(): Promise<void> {
    this.file?.close();
    this.file = null;
  }
}
