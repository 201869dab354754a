import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, sql, type Transaction } from 'kysely';
import { UnavailableError } from '../../domain/errors.js';
import { type BulkRows, type BulkTarget, bulkWrite } from './bulk-write.js';
import type { DatabaseFault, Engine } from './engine.js';
import type { Schema } from './schema.js';

/** Deadlocks and lost races end with one winner each round: five rounds see eight at once through. */
const MAX_TRIES = 5;
const RETRY_PAUSE_MS = 10;

/** The connection that the stores share: every access goes through `read` or `write`. */
export class Database {
  private readonly kysely: Kysely<Schema>;

  constructor(readonly engine: Engine) {
    this.kysely = new Kysely<Schema>({ dialect: engine.createDialect() });
  }

  /** SELECTs, or one UPDATE or DELETE that is complete in itself. Tried again when the database says that it may then work. */
  read<T>(work: (database: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.retrying(() => work(this.kysely));
  }

  /**
   * One transaction. `work` may run several times: it must do nothing but use its transaction. It is also run again after a
   * unique key was violated, since "look, then insert" then finds what somebody else inserted in between.
   */
  write<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.retrying(() => this.kysely.transaction().execute(work));
  }

  /** The database's time as a value, to be written into several rows. */
  async now(within: Kysely<Schema>): Promise<Date> {
    const { rows } = await sql<{
      now: number | Date;
    }>`select ${this.engine.now()} as ${sql.id('now')}`.execute(within);
    const now = rows[0]?.now;
    if (now === undefined) throw new UnavailableError('The database did not say what time it is.');
    return new Date(now);
  }

  /** Writes many rows; returns how many were inserted or overwritten. */
  async bulk(transaction: Transaction<Schema>, target: BulkTarget, rows: BulkRows): Promise<number> {
    if (rows.count === 0) return 0;
    const result = await transaction.executeQuery(bulkWrite(target, rows));
    return Number(result.numAffectedRows ?? 0);
  }

  close(): Promise<void> {
    return this.kysely.destroy();
  }

  private async retrying<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const fault = this.engine.classify(error);
        if (tries === MAX_TRIES || !mayWorkThen(fault)) throw asDomainError(error, fault);
      }
      await sleep(RETRY_PAUSE_MS * tries * (0.5 + Math.random()));
    }
  }
}

function mayWorkThen(fault: DatabaseFault): boolean {
  return fault === 'retry' || fault === 'duplicate';
}

function asDomainError(error: unknown, fault: DatabaseFault): unknown {
  if (error instanceof UnavailableError || (fault !== 'unavailable' && fault !== 'retry')) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new UnavailableError(`The database can't be used now: ${reason}`, [], { cause: error });
}
