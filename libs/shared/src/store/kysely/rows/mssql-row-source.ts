import type { Readable } from 'node:stream';
import sql from 'mssql';
import { InvalidInputError, NightjarError, UnavailableError } from '../../../domain/errors.js';
import { type Row, type RowParameters, RowSource } from '../../row-source.js';
import { classifyMssqlError } from '../mssql/mssql-faults.js';
import { parameterType } from '../mssql/mssql-types.js';
import { withinTime } from '../mssql/within-time.js';
import { checkQuery } from './check-query.js';
import { checkColumns, toRow, wholeNumber, type Column, type ColumnKind } from './row-values.js';

/** Of rows that wait for the one who reads them. */
const ROWS_AHEAD = 500;
/** A dead connection must not keep the caller. */
const END_TIMEOUT_MS = 5_000;

/** As the driver describes them, with `arrayRowMode`. */
interface DriverColumn {
  readonly name: string;
  readonly type: unknown;
}

/**
 * SQL Server, by a connection that says that it only reads (`ApplicationIntent=ReadOnly`), in a transaction that is always rolled
 * back. The driver stops reading from the network while the rows are not taken.
 */
export class MssqlRowSource extends RowSource {
  private pool: sql.ConnectionPool | null = null;

  constructor(private readonly createPool: () => sql.ConnectionPool) {
    super();
  }

  async *rows(query: string, parameters: RowParameters): AsyncGenerator<Row> {
    checkQuery(query);
    try {
      const pool = await this.open();
      const transaction = pool.transaction();
      await transaction.begin();
      try {
        yield* rowsOf(transaction.request(), query, parameters);
      } finally {
        await withinTime(transaction.rollback(), END_TIMEOUT_MS, 'rollback').catch(() => undefined);
      }
    } catch (error) {
      throw toOurs(error);
    }
  }

  async close(): Promise<void> {
    await this.pool?.close();
    this.pool = null;
  }

  private async open(): Promise<sql.ConnectionPool> {
    if (this.pool) return this.pool;
    const pool = this.createPool();
    // A connection that breaks while idle is told here; without a listener it would end the process.
    pool.on('error', () => undefined);
    this.pool = await pool.connect();
    return this.pool;
  }
}

async function* rowsOf(request: sql.Request, query: string, parameters: RowParameters): AsyncGenerator<Row> {
  for (const [name, value] of Object.entries(parameters)) request.input(name, parameterType(value), value);
  request.arrayRowMode = true;
  let columns: readonly Column[] = [];
  let recordsets = 0;
  const stream: Readable = request.toReadableStream({ highWaterMark: ROWS_AHEAD });
  request.on('recordset', (described) => {
    recordsets += 1;
    columns = (described as unknown as readonly DriverColumn[]).map(toColumn);
    try {
      if (recordsets > 1) throw new InvalidInputError('query: it gives several tables: make it one SELECT.');
      checkColumns(columns);
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
  // Its error is the stream's too.
  const ended = Promise.resolve(request.query(query)).catch(() => undefined);
  let isComplete = false;
  try {
    for await (const values of stream as AsyncIterable<readonly unknown[]>) {
      yield toRow(
        columns,
        values.map((value, at) => exact(value, columns[at])),
      );
    }
    isComplete = true;
    if (recordsets === 0) checkColumns([]);
  } finally {
    if (!isComplete) {
      request.cancel();
      // A transaction with a request under way can't be rolled back.
      await withinTime(ended, END_TIMEOUT_MS, 'cancelled query').catch(() => undefined);
    }
  }
}

/** The driver gives bigint as text. */
function exact(value: unknown, column: (Column & { readonly isBigint?: boolean }) | undefined): unknown {
  return column?.isBigint === true && typeof value === 'string' ? wholeNumber(BigInt(value)) : value;
}

function toColumn({ name, type }: DriverColumn): Column & { readonly isBigint: boolean } {
  return { name, kind: kindOf(type), isBigint: type === sql.BigInt };
}

function kindOf(type: unknown): ColumnKind {
  if (type === sql.Date) return 'date';
  return type === sql.Time ? 'time' : 'other';
}

function toOurs(error: unknown): unknown {
  if (error instanceof NightjarError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const fault = classifyMssqlError(error);
  if (fault === 'unavailable' || fault === 'retry') {
    return new UnavailableError(`SQL Server can't be used now: ${message}`, [], { cause: error });
  }
  return new InvalidInputError(`query: SQL Server says: ${message}`, [], { cause: error });
}
