import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type sql from 'mssql';
import { type BulkWrite, isBulkWrite } from '../bulk-write.js';
import { stagingTable, stagingTexts } from './mssql-bulk.js';
import { parameterType } from './mssql-types.js';
import { withinTime } from './within-time.js';

/** The driver's `requestTimeout` does not cover bulk loads. Long: 10,000 rows take less than a second. */
const BULK_TIMEOUT_MS = 60_000;
/** A rollback on a dead connection must not keep the caller: SQL Server rolls back by itself when it notices. */
const ROLLBACK_TIMEOUT_MS = 5_000;

/**
 * What Kysely takes for a connection. Outside a transaction each statement uses whichever connection of the pool is free;
 * `begin` takes one of them until `commit` or `rollback`.
 */
export class MssqlConnection implements DatabaseConnection {
  private transaction: sql.Transaction | null = null;

  constructor(private readonly pool: sql.ConnectionPool) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (isBulkWrite(query)) return { rows: [], numAffectedRows: BigInt(await this.bulk(query)) };
    const request = this.request();
    query.parameters.forEach((value, index) => {
      request.input(`p${index + 1}`, parameterType(value), value ?? null);
    });
    const result = await request.query<R>(query.sql);
    // With OUTPUT some servers count no rows as affected: then the rows are the count.
    const rows = result.recordset ?? [];
    const affected =
      rows.length > 0 ? rows.length : result.rowsAffected.reduce((sum, count) => sum + count, 0);
    return { rows, numAffectedRows: BigInt(affected) };
  }

  async begin(): Promise<void> {
    const transaction = this.pool.transaction();
    await transaction.begin();
    this.transaction = transaction;
  }

  async commit(): Promise<void> {
    await this.transaction?.commit();
    this.transaction = null;
  }

  /** Never throws: what went wrong before is what the caller must hear of, and a deadlock's victim is rolled back already. */
  async rollback(): Promise<void> {
    const { transaction } = this;
    this.transaction = null;
    if (!transaction) return;
    await withinTime(transaction.rollback(), ROLLBACK_TIMEOUT_MS, 'rollback').catch(() => undefined);
  }

  // eslint-disable-next-line require-yield -- the interface wants a generator
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('The stores read pages, not streams.');
  }

  private request(): sql.Request {
    return this.transaction ? this.transaction.request() : this.pool.request();
  }

  /** Three round trips, whatever the number of rows. `batch` and not `query`: a temporary table ends with the scope that made it. */
  private async bulk({ target, rows }: BulkWrite): Promise<number> {
    if (!this.transaction) throw new Error('A bulk write needs a transaction.');
    const texts = stagingTexts(target);
    await this.request().batch(texts.create);
    const load = this.request();
    await withinTime(load.bulk(stagingTable(target, rows)), BULK_TIMEOUT_MS, 'bulk load', () =>
      load.cancel(),
    );
    const { recordset } = await this.request().batch<{ written: number }>(texts.bringOver);
    return recordset[0]?.written ?? 0;
  }
}
