import { type Kysely, sql } from 'kysely';
import { InvalidInputError } from '../../domain/errors.js';
import type { FailureGroup } from '../../domain/failure-group.js';
import type { Failure } from '../../domain/invocation.js';
import type { GroupPage, GroupPageRequest } from '../dead-letter-store.js';
import type { Engine } from './engine.js';
import { itemsFailed } from './item-reading.js';
import { checkedLimit } from './paging.js';
import type { Schema } from './schema.js';
import { asDate, asNumber, fromJsonOrUndefined } from './values.js';

const SAMPLE_LINES = 5;

/** What is counted of a group, from its index alone. */
interface Counted {
  readonly fingerprint: string;
  readonly items: number;
  readonly runs: number;
  readonly newestRunId: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** The failure groups of these runs together, the largest first. */
export async function failureGroups(
  db: Kysely<Schema>,
  engine: Engine,
  runIds: readonly string[],
  page: GroupPageRequest,
): Promise<GroupPage> {
  const limit = checkedLimit(page.limit);
  if (runIds.length === 0) return { rows: [] };
  const counted = await countGroups(db, engine, runIds, { ...page, limit: limit + 1 });
  const shown = counted.slice(0, limit);
  const rows: FailureGroup[] = [];
  // One by one: each is a few rows by an index, and a page has few groups.
  for (const group of shown) rows.push(await withSamples(db, engine, group));
  const last = shown.at(-1);
  return counted.length > limit && last ? { rows, next: `${last.items}-${last.fingerprint}` } : { rows };
}

async function countGroups(
  db: Kysely<Schema>,
  engine: Engine,
  runIds: readonly string[],
  page: GroupPageRequest,
): Promise<readonly Counted[]> {
  const after = placeOf(page.after);
  const count = sql<number | string>`count(*)`;
  const rows = await itemsFailed(db, engine)
    .select((eb) => [
      'row.fingerprint',
      count.as('items'),
      eb.fn.count('row.run_id').distinct().as('runs'),
      eb.fn.max('row.run_id').as('newest_run_id'),
      eb.fn.min('row.started_at').as('first_seen_at'),
      eb.fn.max('row.started_at').as('last_seen_at'),
    ])
    .where('row.run_id', 'in', runIds)
    .where('row.fingerprint', 'is not', null)
    .groupBy('row.fingerprint')
    .$if(after !== null, (query) =>
      query.having((eb) =>
        eb.or([
          eb(count, '<', after?.items ?? 0),
          eb.and([eb(count, '=', after?.items ?? 0), eb('row.fingerprint', '>', after?.fingerprint ?? '')]),
        ]),
      ),
    )
    .orderBy(count, 'desc')
    .orderBy('row.fingerprint')
    .$call(engine.first(page.limit))
    .execute();
  return rows.map((row) => ({
    fingerprint: row.fingerprint ?? '',
    items: asNumber(row.items),
    runs: asNumber(row.runs),
    newestRunId: row.newest_run_id,
    firstSeenAt: asDate(row.first_seen_at),
    lastSeenAt: asDate(row.last_seen_at),
  }));
}

/** How many items the last group of the page before had, and which it was. */
function placeOf(after: string | undefined): { readonly items: number; readonly fingerprint: string } | null {
  if (after === undefined) return null;
  const [, items = '', fingerprint = ''] = /^(\d{1,15})-([0-9a-f]{1,64})$/.exec(after) ?? [];
  if (items !== '') return { items: Number(items), fingerprint };
  throw new InvalidInputError(`after: must be what "next" of the page before says; it is "${after}".`);
}

async function withSamples(db: Kysely<Schema>, engine: Engine, group: Counted): Promise<FailureGroup> {
  const samples = await itemsFailed(db, engine)
    .select(['row.line_number', 'row.failure'])
    .where('row.run_id', '=', group.newestRunId)
    .where('row.fingerprint', '=', group.fingerprint)
    .orderBy('row.line_number')
    .$call(engine.first(SAMPLE_LINES))
    .execute();
  const failure: Failure | undefined = fromJsonOrUndefined(samples[0]?.failure ?? null);
  return {
    fingerprint: group.fingerprint,
    type: failure?.type ?? '',
    message: failure?.message ?? '',
    items: group.items,
    firstSeenAt: group.firstSeenAt,
    lastSeenAt: group.lastSeenAt,
    sampleLines: samples.map((sample) => asNumber(sample.line_number)),
    sampleRunId: group.newestRunId,
    runs: group.runs,
  };
}
