import { type Kysely, sql } from 'kysely';
import type { Failure, InvocationOutcome, LogLine } from '../../domain/invocation.js';
import {
  type AcceptedInvocation,
  type InvocationFilter,
  type InvocationRecord,
  InvocationStore,
  type NewInvocation,
  type RecordResult,
  type UnfinishedInvocation,
} from '../invocation-store.js';
import type { Page, PageRequest } from '../page.js';
import { acceptWithin, checkIdempotencyKey } from './acceptance.js';
import type { Database } from './database.js';
import { SUMMARY_COLUMNS, toInvocationRecord, toLogLine, toUnfinished } from './invocation-rows.js';
import { newestAttempts, recordWithin } from './outcome-recording.js';
import { checkedLimit, toPage } from './paging.js';
import type { Schema } from './schema.js';

/** A literal, not a parameter: only so is a filtered index used. */
const QUEUED = sql.lit('queued');

/** Invocations, over Kysely. */
export class KyselyInvocationStore extends InvocationStore {
  /** @param keptPayloadBytes inputs and outputs of more bytes of JSON are not kept, unless the invocation was promised */
  constructor(
    private readonly database: Database,
    private readonly keptPayloadBytes: number,
  ) {
    super();
  }

  async accept(invocations: readonly NewInvocation[]): Promise<readonly AcceptedInvocation[]> {
    if (invocations.length === 0) return [];
    for (const invocation of invocations) checkIdempotencyKey(invocation.idempotencyKey);
    return this.database.write((transaction) => acceptWithin(this.database, transaction, invocations));
  }

  async claim(id: string, fence: number): Promise<boolean> {
    const claimed = await this.database.read((db) =>
      this.database.engine.changed(
        db
          .updateTable('invocations')
          .set({ fence })
          .where('id', '=', id)
          .where('state', '=', QUEUED)
          .where('fence', '<=', fence),
        ['id'],
      ),
    );
    return claimed.length > 0;
  }

  async recordOutcomes(outcomes: readonly InvocationOutcome[]): Promise<RecordResult> {
    if (outcomes.length === 0) return { refusedIds: [] };
    const { newest, overtakenIds } = newestAttempts(outcomes);
    const refused = await this.database.write((transaction) =>
      recordWithin(this.database, transaction, newest, this.keptPayloadBytes),
    );
    return { refusedIds: [...new Set([...overtakenIds, ...refused])] };
  }

  async find(id: string): Promise<InvocationRecord | null> {
    const row = await this.database.read((db) =>
      invocations(db)
        .select(SUMMARY_COLUMNS)
        .select(['app.name as app_name', 'invocation.input', 'invocation.output'])
        .where('invocation.id', '=', id)
        .executeTakeFirst(),
    );
    return row ? toInvocationRecord(row) : null;
  }

  async list(filter: InvocationFilter, page: PageRequest): Promise<Page<InvocationRecord>> {
    const limit = checkedLimit(page.limit);
    return this.database.read(async (db) => {
      const appId = filter.appName === undefined ? undefined : await appIdOf(db, filter.appName);
      if (appId === null) return { rows: [] };
      const rows = await invocations(db)
        .select(SUMMARY_COLUMNS)
        .select('app.name as app_name')
        .$if(appId !== undefined, (query) => query.where('invocation.app_id', '=', appId ?? ''))
        .$if(filter.functionName !== undefined, (query) =>
          query.where('invocation.function_name', '=', filter.functionName ?? ''),
        )
        .$if(filter.state !== undefined, (query) => query.where('invocation.state', '=', filter.state ?? ''))
        // The filtered index on states is used only when the query repeats its filter.
        .$if(filter.state !== undefined && filter.state !== 'succeeded', (query) =>
          query.where('invocation.state', '<>', sql.lit('succeeded')),
        )
        .$if(page.after !== undefined, (query) => query.where('invocation.id', '<', page.after ?? ''))
        .orderBy('invocation.id', 'desc')
        .$call(this.database.engine.first(limit + 1))
        .execute();
      return toPage(rows.map(toInvocationRecord), limit);
    });
  }

  async logs(id: string): Promise<readonly LogLine[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('invocations as invocation')
        .innerJoin('invocation_logs as line', (join) =>
          join
            .onRef('line.invocation_id', '=', 'invocation.id')
            .onRef('line.fence', '=', 'invocation.outcome_fence'),
        )
        .selectAll('line')
        .where('invocation.id', '=', id)
        .orderBy('line.line_number')
        .execute(),
    );
    return rows.map(toLogLine);
  }

  async listUnfinished(
    dispatchedBeforeSeconds: number,
    limit: number,
  ): Promise<readonly UnfinishedInvocation[]> {
    const { engine } = this.database;
    const rows = await this.database.read((db) =>
      db
        .selectFrom('invocations')
        .selectAll()
        .where('state', '=', QUEUED)
        .where('dispatched_at', '<=', engine.secondsAgo(dispatchedBeforeSeconds))
        .orderBy('dispatched_at')
        .$call(engine.first(checkedLimit(limit)))
        .execute(),
    );
    return rows.map(toUnfinished);
  }

  async redispatch(id: string, expectedDispatchCount: number): Promise<boolean> {
    const { engine } = this.database;
    const counted = await this.database.read((db) =>
      engine.changed(
        db
          .updateTable('invocations')
          .set({ dispatch_count: expectedDispatchCount + 1, dispatched_at: engine.now() })
          .where('id', '=', id)
          .where('state', '=', QUEUED)
          .where('dispatch_count', '=', expectedDispatchCount),
        ['id'],
      ),
    );
    return counted.length > 0;
  }

  async abandon(id: string, message: string): Promise<boolean> {
    const { engine } = this.database;
    const failure: Failure = { source: 'platform', type: 'Abandoned', message };
    const abandoned = await this.database.read((db) =>
      engine.changed(
        db
          .updateTable('invocations')
          .set({ state: 'abandoned', failure: JSON.stringify(failure), ended_at: engine.now() })
          .where('id', '=', id)
          .where('state', '=', QUEUED),
        ['id'],
      ),
    );
    return abandoned.length > 0;
  }
}

function invocations(db: Kysely<Schema>) {
  return db
    .selectFrom('invocations as invocation')
    .leftJoin('function_apps as app', 'app.id', 'invocation.app_id');
}

async function appIdOf(db: Kysely<Schema>, name: string): Promise<string | null> {
  const app = await db.selectFrom('function_apps').select('id').where('name', '=', name).executeTakeFirst();
  return app?.id ?? null;
}
