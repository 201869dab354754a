import type { Selectable, Transaction } from 'kysely';
import type { EnrolmentToken } from '../../domain/fleet.js';
import {
  EnrolmentStore,
  type EnrolmentRequest,
  type EnrolmentResult,
  type NewEnrolmentToken,
} from '../enrolment-store.js';
import type { Database } from './database.js';
import { changeOrders } from './machine-orders.js';
import type { EnrolmentTokenTable, Schema } from './schema.js';
import { asDate, asDateOrNull } from './values.js';

const LISTED_TOKENS = 1000;

/** Enrolment tokens and machine keys, over Kysely. */
export class KyselyEnrolmentStore extends EnrolmentStore {
  constructor(private readonly database: Database) {
    super();
  }

  addToken({ id, hash, note, createdBy, lifetimeSeconds }: NewEnrolmentToken): Promise<EnrolmentToken> {
    return this.database.write(async (transaction) => {
      const createdAt = await this.database.now(transaction);
      const expiresAt = new Date(createdAt.getTime() + lifetimeSeconds * 1000);
      const row = { id, note, created_by: createdBy, created_at: createdAt, expires_at: expiresAt };
      const unused = { used_at: null, machine_id: null, key_hash: null };
      await transaction
        .insertInto('enrolment_tokens')
        .values({ ...row, ...unused, token_hash: hash })
        .execute();
      return toToken({ ...row, ...unused, token_hash: hash });
    });
  }

  async listTokens(): Promise<readonly EnrolmentToken[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('enrolment_tokens')
        .selectAll()
        .orderBy('id', 'desc')
        .$call(this.database.engine.first(LISTED_TOKENS))
        .execute(),
    );
    return rows.map(toToken);
  }

  enrol(request: EnrolmentRequest): Promise<EnrolmentResult> {
    return this.database.write(async (transaction) => {
      const { machineId, keyHash } = request;
      if (await this.wasUsedSo(transaction, request)) return 'enrolled';
      const key = await transaction
        .selectFrom('machine_keys')
        .select('revoked_at')
        .where('machine_id', '=', machineId)
        .executeTakeFirst();
      if (key && key.revoked_at === null) return 'hasKey';
      if (!(await this.useUp(transaction, request))) return 'tokenRefused';
      await transaction.deleteFrom('machine_keys').where('machine_id', '=', machineId).execute();
      await transaction
        .insertInto('machine_keys')
        .values({
          machine_id: machineId,
          key_hash: keyHash,
          enrolled_at: this.database.engine.now(),
          revoked_at: null,
          revoked_by: null,
        })
        .execute();
      await changeOrders(this.database.engine, transaction, machineId, { revoked_at: null });
      return 'enrolled';
    });
  }

  async machineOfKey(keyHash: string): Promise<string | null> {
    const row = await this.database.read((db) =>
      db
        .selectFrom('machine_keys')
        .select('machine_id')
        .where('key_hash', '=', keyHash)
        .where('revoked_at', 'is', null)
        .executeTakeFirst(),
    );
    return row?.machine_id ?? null;
  }

  revoke(machineId: string, revokedBy: string): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const revoked = await engine.changed(
        transaction
          .updateTable('machine_keys')
          .set({ revoked_at: engine.now(), revoked_by: revokedBy })
          .where('machine_id', '=', machineId)
          .where('revoked_at', 'is', null),
        ['machine_id'],
      );
      if (revoked.length === 0) return false;
      await changeOrders(engine, transaction, machineId, { revoked_at: engine.now() });
      return true;
    });
  }

  /** The same worker asks again, because the first answer did not reach it; and nobody took the key from it since. */
  private async wasUsedSo(transaction: Transaction<Schema>, request: EnrolmentRequest): Promise<boolean> {
    const found = await transaction
      .selectFrom('enrolment_tokens')
      .innerJoin('machine_keys', 'machine_keys.machine_id', 'enrolment_tokens.machine_id')
      .select('machine_keys.machine_id')
      .where('enrolment_tokens.token_hash', '=', request.tokenHash)
      .where('enrolment_tokens.machine_id', '=', request.machineId)
      .where('enrolment_tokens.key_hash', '=', request.keyHash)
      .where('machine_keys.key_hash', '=', request.keyHash)
      .where('machine_keys.revoked_at', 'is', null)
      .executeTakeFirst();
    return found !== undefined;
  }

  private async useUp(transaction: Transaction<Schema>, request: EnrolmentRequest): Promise<boolean> {
    const { engine } = this.database;
    const used = await engine.changed(
      transaction
        .updateTable('enrolment_tokens')
        .set({ used_at: engine.now(), machine_id: request.machineId, key_hash: request.keyHash })
        .where('token_hash', '=', request.tokenHash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', engine.now()),
      ['id'],
    );
    return used.length > 0;
  }
}

function toToken(row: Selectable<EnrolmentTokenTable>): EnrolmentToken {
  return {
    id: row.id,
    note: row.note,
    createdBy: row.created_by,
    createdAt: asDate(row.created_at),
    expiresAt: asDate(row.expires_at),
    usedAt: asDateOrNull(row.used_at),
    machineId: row.machine_id,
  };
}
