import { sql } from 'kysely';
import type { InputState, RunState } from '../../domain/batch.js';
import type { StoredBlob } from '../blob-store.js';
import { type ClaimedInput, InputStore } from '../input-store.js';
import { findRun } from './batch-runs.js';
import type { Database } from './database.js';
import { noteFile } from './input-files.js';

/** A literal, so that the filtered index is used. */
const NOT_READY = sql.lit('ready');
/** Those that others have just taken are passed over. */
const CANDIDATES = 20;

/** `wanted` → `making` (leased; again when the lease ends) → `ready`. */
export class KyselyInputStore extends InputStore {
  constructor(private readonly database: Database) {
    super();
  }

  async claim(leaseSeconds: number): Promise<ClaimedInput | null> {
    const candidates = await this.database.read((db) =>
      db
        .selectFrom('batch_runs')
        .select('id')
        .where('input_state', '<>', NOT_READY)
        .where('state', '=', 'waiting' satisfies RunState)
        .where((eb) => eb.or([eb('not_before', 'is', null), eb('not_before', '<=', this.now())]))
        .where((eb) => eb.or([eb('input_lease_until', 'is', null), eb('input_lease_until', '<', this.now())]))
        .orderBy('id')
        .$call(this.database.engine.first(CANDIDATES))
        .execute(),
    );
    for (const { id } of candidates) {
      const claimed = await this.take(id, leaseSeconds);
      if (claimed) return claimed;
    }
    return null;
  }

  async renew({ run, attempt }: ClaimedInput, leaseSeconds: number, itemsSoFar: number): Promise<boolean> {
    const { engine } = this.database;
    const renewed = await this.database.read((db) =>
      engine.changed(
        db
          .updateTable('batch_runs')
          .set({ input_lease_until: engine.secondsAgo(-leaseSeconds), items_total: itemsSoFar })
          .where('id', '=', run.id)
          .where('input_attempt', '=', attempt)
          .where('input_state', '=', 'making' satisfies InputState)
          .where('state', '=', 'waiting' satisfies RunState),
        ['id'],
      ),
    );
    return renewed.length > 0;
  }

  async release({ run, attempt }: ClaimedInput): Promise<void> {
    await this.database.read((db) =>
      db
        .updateTable('batch_runs')
        .set({ input_state: 'wanted' satisfies InputState, input_lease_until: null })
        .where('id', '=', run.id)
        .where('input_attempt', '=', attempt)
        .where('input_state', '=', 'making' satisfies InputState)
        .execute(),
    );
  }

  async finish(
    { run, attempt }: ClaimedInput,
    input: StoredBlob & { readonly itemsTotal: number },
  ): Promise<boolean> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      await noteFile(transaction, engine, input);
      const finished = await engine.changed(
        transaction
          .updateTable('batch_runs')
          .set({
            input_state: 'ready' satisfies InputState,
            input_digest: input.digest,
            input_size_bytes: input.sizeBytes,
            items_total: input.itemsTotal,
            input_lease_until: null,
          })
          .where('id', '=', run.id)
          .where('input_attempt', '=', attempt)
          .where('input_state', '=', 'making' satisfies InputState)
          .where('state', '=', 'waiting' satisfies RunState),
        ['id'],
      );
      return finished.length > 0;
    });
  }

  noteFile(file: StoredBlob): Promise<void> {
    return this.database.write((transaction) => noteFile(transaction, this.database.engine, file));
  }

  private async take(id: string, leaseSeconds: number): Promise<ClaimedInput | null> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const [taken] = await engine.changed(
        transaction
          .updateTable('batch_runs')
          .set({
            input_state: 'making' satisfies InputState,
            input_lease_until: engine.secondsAgo(-leaseSeconds),
            input_attempt: sql<number>`coalesce(${sql.ref('input_attempt')}, 0) + 1`,
          })
          .where('id', '=', id)
          .where('input_state', '<>', NOT_READY)
          .where('state', '=', 'waiting' satisfies RunState)
          .where((eb) =>
            eb.or([eb('input_lease_until', 'is', null), eb('input_lease_until', '<', engine.now())]),
          ),
        ['id', 'input_attempt'],
      );
      const run = taken ? await findRun(transaction, id) : null;
      return run ? { run, attempt: taken?.input_attempt ?? 1 } : null;
    });
  }

  private now() {
    return this.database.engine.now();
  }
}
