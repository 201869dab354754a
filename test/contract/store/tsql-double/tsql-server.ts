import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { columnTypesOf, toSqlite } from './translate.js';

/** What SQL Server's driver throws. */
export class ServerError extends Error {
  readonly code = 'EREQUEST';

  constructor(
    message: string,
    readonly number: number,
  ) {
    super(message);
  }
}

/** Extended result codes of SQLite → SQL Server's numbers. */
const ERROR_NUMBERS: Readonly<Record<number, number>> = { 1299: 515, 1555: 2627, 2067: 2601, 787: 547 };
const SYNTAX_ERROR = 102;

export interface ServerAnswer {
  readonly rows: Record<string, unknown>[];
  readonly affected: number;
}

/**
 * A double of a SQL Server database: it carries out the stores' T-SQL, translated, in SQLite, keeps every statement that it was sent,
 * and answers in SQL Server's types. One session at a time has it, as if every transaction locked everything.
 */
export class TsqlServer {
  /** As they came, in T-SQL. */
  readonly received: string[] = [];
  private readonly database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true });
  private readonly types = new Map<string, string>();
  private tail: Promise<void> = Promise.resolve();

  /** Resolves when the session may go on; it calls what it got when it is done. */
  async enter(): Promise<() => void> {
    const before = this.tail;
    const mine = Promise.withResolvers<void>();
    this.tail = mine.promise;
    await before;
    return mine.resolve;
  }

  begin(): void {
    this.database.exec('begin');
  }

  end(how: 'commit' | 'rollback'): void {
    this.database.exec(how);
  }

  /** One statement with parameters by name. */
  query(tsql: string, parameters: Readonly<Record<string, SQLInputValue>>): ServerAnswer {
    this.received.push(tsql);
    if (tsql.includes('sp_getapplock')) return { rows: [{ result: 0 }], affected: 0 };
    return this.run(tsql, parameters);
  }

  /** Several statements without parameters, with `@written` and `@@rowcount` as `mssql-bulk.ts` uses them. */
  batch(tsql: string): ServerAnswer {
    this.received.push(tsql);
    let written = 0;
    let rowCount = 0;
    let last: ServerAnswer = { rows: [], affected: 0 };
    for (const statement of tsql.split(';\n')) {
      if (statement === 'declare @written int = 0') written = 0;
      else if (statement === 'set @written = @@rowcount') written = rowCount;
      else if (statement === 'set @written = @written + @@rowcount') written += rowCount;
      else if (statement === 'select @written as [written]') last = { rows: [{ written }], affected: 1 };
      else rowCount = (last = this.run(statement, {})).affected;
    }
    return last;
  }

  insertRows(table: string, columns: readonly string[], rows: readonly SQLInputValue[][]): void {
    this.received.push(`insert bulk [${table}]`);
    const marks = columns.map(() => '?').join(', ');
    const insert = this.database.prepare(
      `insert into temp.[${table}] ([${columns.join('], [')}]) values (${marks})`,
    );
    for (const row of rows) this.guarded(() => insert.run(...row));
  }

  close(): void {
    this.database.close();
  }

  private run(tsql: string, parameters: Readonly<Record<string, SQLInputValue>>): ServerAnswer {
    if (tsql.startsWith('create table')) {
      for (const [name, type] of columnTypesOf(tsql)) this.types.set(name, type);
    }
    return this.guarded(() => {
      const statement = this.database.prepare(toSqlite(tsql));
      if (statement.columns().length === 0) {
        return { rows: [], affected: Number(statement.run(parameters).changes) };
      }
      const rows = statement.all(parameters).map((row) => this.inServerTypes(row));
      return { rows, affected: rows.length };
    });
  }

  private inServerTypes(row: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        inServerType(name === 'now' ? 'datetime2' : this.types.get(name), value),
      ]),
    );
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { errcode, message } = error as { errcode?: number; message: string };
      throw new ServerError(message, ERROR_NUMBERS[errcode ?? 0] ?? SYNTAX_ERROR);
    }
  }
}

function inServerType(type: string | undefined, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (type === 'datetime2') return new Date(value as number);
  if (type === 'bigint') return (value as number).toString();
  return type === 'bit' ? value === 1 : value;
}
