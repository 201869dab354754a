import {
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  MssqlAdapter,
  MssqlQueryCompiler,
  type QueryCompiler,
} from 'kysely';
import type sql from 'mssql';
import { MssqlConnection } from './mssql-connection.js';
import { TableNames } from './table-names.js';

/** Kysely over the `mssql` package, with its pool and its types. */
export class MssqlPoolDialect implements Dialect {
  constructor(private readonly createPool: () => sql.ConnectionPool) {}

  createDriver(): Driver {
    return new MssqlPoolDriver(this.createPool);
  }

  createQueryCompiler(): QueryCompiler {
    return new BracketCompiler();
  }

  createAdapter(): DialectAdapter {
    return new UnlockedAdapter();
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new TableNames(database);
  }
}

/** [Brackets] mean a name whatever QUOTED_IDENTIFIER says. */
class BracketCompiler extends MssqlQueryCompiler {
  protected override getLeftIdentifierWrapper(): string {
    return '[';
  }

  protected override getRightIdentifierWrapper(): string {
    return ']';
  }

  protected override getCurrentParameterPlaceholder(): string {
    return `@p${this.numParameters}`;
  }
}

/** `MssqlEngine.lockMigrations` takes the lock, earlier than Kysely would: before it looks for its own tables. */
class UnlockedAdapter extends MssqlAdapter {
  override async acquireMigrationLock(): Promise<void> {
    // See above.
  }

  override async releaseMigrationLock(): Promise<void> {
    // It ends with the transaction.
  }
}

class MssqlPoolDriver implements Driver {
  private pool: sql.ConnectionPool | null = null;

  constructor(private readonly createPool: () => sql.ConnectionPool) {}

  async init(): Promise<void> {
    const pool = this.createPool();
    // A connection that breaks while idle is told here and replaced by the pool; without a listener it would end the process.
    pool.on('error', () => undefined);
    this.pool = await pool.connect();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.pool) throw new Error('The pool of connections to SQL Server is not open.');
    return new MssqlConnection(this.pool);
  }

  async beginTransaction(connection: MssqlConnection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: MssqlConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: MssqlConnection): Promise<void> {
    await connection.rollback();
  }

  async releaseConnection(): Promise<void> {
    // The pool has its connection back since the statement's or the transaction's end.
  }

  async destroy(): Promise<void> {
    await this.pool?.close();
    this.pool = null;
  }
}
