import type { BatchEvent, BatchEventKind } from '../../domain/failure-group.js';
import { newId } from '../../domain/ids.js';
import { BatchEventStore, type NewBatchEvent } from '../batch-event-store.js';
import type { Database } from './database.js';
import { asDate, fromJsonOrUndefined } from './values.js';

const MOST_EVENTS = 1000;

/** Events of batch runs, over Kysely. */
export class KyselyBatchEventStore extends BatchEventStore {
  constructor(private readonly database: Database) {
    super();
  }

  record(event: NewBatchEvent): Promise<boolean> {
    const { runId, kind, occurrence = '' } = event;
    // A second one that comes at the same time breaks the unique key; the transaction then runs again, and finds the first.
    return this.database.write(async (transaction) => {
      const earlier = await transaction
        .selectFrom('batch_events')
        .select('id')
        .where('run_id', '=', runId)
        .where('kind', '=', kind)
        .where('occurrence', '=', occurrence)
        .executeTakeFirst();
      if (earlier) return false;
      const details = JSON.stringify(event.details);
      const happenedAt = this.database.engine.now();
      await transaction
        .insertInto('batch_events')
        .values({
          id: newId(),
          run_id: runId,
          kind,
          occurrence,
          details,
          happened_at: happenedAt,
          told_at: null,
        })
        .execute();
      return true;
    });
  }

  async listOfRun(runId: string): Promise<readonly BatchEvent[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('batch_events')
        .selectAll()
        .where('run_id', '=', runId)
        .orderBy('id', 'desc')
        .$call(this.database.engine.first(MOST_EVENTS))
        .execute(),
    );
    return rows.toReversed().map((row) => ({
      id: row.id,
      runId: row.run_id,
      kind: row.kind as BatchEventKind,
      details: fromJsonOrUndefined(row.details) ?? {},
      happenedAt: asDate(row.happened_at),
    }));
  }
}
