import type { CompiledQuery, DatabaseConnection, Driver } from 'kysely';
import { SqliteEngine } from '#shared/store/kysely/sqlite/sqlite-engine.js';
import { NodeSqliteDialect } from '#shared/store/kysely/sqlite/sqlite-dialect.js';

/** SQLite, with a note of every statement that Kysely compiled. */
export class RecordingEngine extends SqliteEngine {
  readonly statements = new Set<string>();

  constructor(private readonly file: string) {
    super(file);
  }

  override createDialect(): NodeSqliteDialect {
    return new RecordingDialect(this.file, this.statements);
  }
}

class RecordingDialect extends NodeSqliteDialect {
  constructor(
    file: string,
    private readonly statements: Set<string>,
  ) {
    super(file);
  }

  override createDriver(): Driver {
    const driver = super.createDriver();
    const acquire = driver.acquireConnection.bind(driver);
    driver.acquireConnection = async () => this.recorded(await acquire());
    return driver;
  }

  private recorded(connection: DatabaseConnection): DatabaseConnection {
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = async <R>(query: CompiledQuery) => {
      this.statements.add(query.sql);
      return execute<R>(query);
    };
    return connection;
  }
}
