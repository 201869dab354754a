import type { Kysely } from 'kysely';
import type { BatchRun } from '../../domain/batch.js';
import { idsFrom } from '../../domain/ids.js';
import type { RunFilter } from '../batch-store.js';
import type { Page, PageRequest } from '../page.js';
import { toBatchRun } from './batch-rows.js';
import { runs } from './batch-runs.js';
import type { Engine } from './engine.js';
import { checkedLimit, toPage } from './paging.js';
import type { Schema } from './schema.js';

/** Runs, the newest first. Times are those of the ids: so a list of a night long ago begins there, and reads no newer run. */
export async function listRuns(
  db: Kysely<Schema>,
  engine: Engine,
  page: PageRequest,
  filter: RunFilter,
): Promise<Page<BatchRun>> {
  const limit = checkedLimit(page.limit);
  const { appId, batchId, state, cause, parentRunId, from, until } = filter;
  const rows = await runs(db)
    .$if(appId !== undefined, (query) => query.where('run.app_id', '=', appId ?? ''))
    .$if(batchId !== undefined, (query) => query.where('run.batch_id', '=', batchId ?? ''))
    .$if(state !== undefined, (query) => query.where('run.state', '=', state ?? ''))
    .$if(cause !== undefined, (query) => query.where('run.cause', '=', cause ?? ''))
    .$if(parentRunId !== undefined, (query) => query.where('run.parent_run_id', '=', parentRunId ?? ''))
    .$if(from !== undefined, (query) => query.where('run.id', '>=', idsFrom(from ?? new Date(0))))
    .$if(until !== undefined, (query) => query.where('run.id', '<', idsFrom(until ?? new Date(0))))
    .$if(page.after !== undefined, (query) => query.where('run.id', '<', page.after ?? ''))
    .orderBy('run.id', 'desc')
    .$call(engine.first(limit + 1))
    .execute();
  return toPage(rows.map(toBatchRun), limit);
}
