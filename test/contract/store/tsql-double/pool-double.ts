import mssql from 'mssql';
import type { SQLInputValue } from 'node:sqlite';
import { checkBulkValue, checkParameter } from './type-checks.js';
import type { TsqlServer } from './tsql-server.js';

/** SQL Server takes no more. */
const MAX_PARAMETERS = 2100;

interface Input {
  readonly name: string;
  readonly type: mssql.ISqlType;
  readonly value: unknown;
}

/** Runs work while it alone has the server, or within a transaction that has it already. */
type Session = <T>(work: () => T) => Promise<T>;

/** As much of a `ConnectionPool` as the dialect uses, over the double. */
export function createPoolDouble(server: TsqlServer): mssql.ConnectionPool {
  const session: Session = async (work) => {
    const leave = await server.enter();
    try {
      return work();
    } finally {
      leave();
    }
  };
  const pool = {
    on: () => pool,
    connect: async () => pool,
    close: async () => undefined,
    request: () => new RequestDouble(server, session),
    transaction: () => new TransactionDouble(server),
  };
  return pool as unknown as mssql.ConnectionPool;
}

class TransactionDouble {
  private leave: (() => void) | null = null;

  constructor(private readonly server: TsqlServer) {}

  async begin(): Promise<void> {
    this.leave = await this.server.enter();
    this.server.begin();
  }

  async commit(): Promise<void> {
    this.end('commit');
  }

  async rollback(): Promise<void> {
    this.end('rollback');
  }

  request(): RequestDouble {
    return new RequestDouble(this.server, async (work) => {
      if (!this.leave) throw new Error('The transaction has ended');
      return work();
    });
  }

  private end(how: 'commit' | 'rollback'): void {
    this.server.end(how);
    this.leave?.();
    this.leave = null;
  }
}

class RequestDouble {
  private readonly inputs: Input[] = [];

  constructor(
    private readonly server: TsqlServer,
    private readonly session: Session,
  ) {}

  input(name: string, type: mssql.ISqlType, value: unknown): this {
    checkParameter(type, value);
    this.inputs.push({ name, type, value });
    return this;
  }

  async query(text: string) {
    if (this.inputs.length > MAX_PARAMETERS) throw new Error(`${this.inputs.length} parameters are too many`);
    const parameters = Object.fromEntries(this.inputs.map(({ name, value }) => [name, toSqliteValue(value)]));
    const { rows, affected } = await this.session(() => this.server.query(text, parameters));
    return { recordset: rows.length > 0 ? rows : undefined, rowsAffected: [affected] };
  }

  async batch(text: string) {
    const { rows, affected } = await this.session(() => this.server.batch(text));
    return { recordset: rows, rowsAffected: [affected] };
  }

  async bulk(table: mssql.Table): Promise<{ rowsAffected: number }> {
    const columns = table.columns as unknown as mssql.IColumn[];
    const rows = (table.rows as unknown as unknown[][]).map((row) =>
      row.map((value, index) => {
        const column = columns[index];
        if (!column) throw new Error(`There is no column ${index}`);
        checkBulkValue(column, value);
        return toSqliteValue(value);
      }),
    );
    await this.session(() =>
      this.server.insertRows(
        table.name ?? '',
        columns.map((column) => column.name ?? ''),
        rows,
      ),
    );
    return { rowsAffected: rows.length };
  }

  cancel(): void {
    // Nothing takes long here.
  }
}

function toSqliteValue(value: unknown): SQLInputValue {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value as SQLInputValue;
}
