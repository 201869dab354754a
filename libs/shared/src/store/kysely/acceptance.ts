import type { Transaction } from 'kysely';
import { InvalidInputError } from '../../domain/errors.js';
import type { AcceptedInvocation, NewInvocation } from '../invocation-store.js';
import { FlatRows } from './bulk-write.js';
import type { Database } from './database.js';
import { PROMISES } from './invocation-targets.js';
import { inSlices } from './paging.js';
import type { Schema } from './schema.js';

const MAX_KEY_CHARACTERS = 255;

/** Throws `InvalidInputError` when a client's idempotency key does not fit its column. */
export function checkIdempotencyKey(key: string | undefined): void {
  if (key === undefined || (key.length > 0 && key.length <= MAX_KEY_CHARACTERS)) return;
  throw new InvalidInputError(
    `An Idempotency-Key has 1 to ${MAX_KEY_CHARACTERS} characters; this one has ${key.length}.`,
  );
}

/** What the table holds already of the invocations that are to be accepted. */
export interface KnownInvocations {
  readonly ids: ReadonlySet<string>;
  /** `keyOf` → the id of the invocation that has it. */
  readonly byKey: ReadonlyMap<string, string>;
}

/** Decides which of them are new, in the order given. The same id or key twice in one call is one invocation too. */
export function planAcceptance(
  invocations: readonly NewInvocation[],
  known: KnownInvocations,
): { readonly accepted: readonly AcceptedInvocation[]; readonly fresh: readonly NewInvocation[] } {
  const ids = new Set(known.ids);
  const byKey = new Map(known.byKey);
  const fresh: NewInvocation[] = [];
  const accepted = invocations.map((invocation) => {
    const key = keyOf(invocation);
    const earlier = key === null ? undefined : byKey.get(key);
    if (earlier !== undefined) return { id: earlier, isNew: false };
    if (ids.has(invocation.id)) return { id: invocation.id, isNew: false };
    ids.add(invocation.id);
    if (key !== null) byKey.set(key, invocation.id);
    fresh.push(invocation);
    return { id: invocation.id, isNew: true };
  });
  return { accepted, fresh };
}

/** Accepts within a transaction of the caller's. `scheduleId`: they are this schedule's firings. */
export async function acceptWithin(
  database: Database,
  transaction: Transaction<Schema>,
  invocations: readonly NewInvocation[],
  scheduleId: string | null = null,
): Promise<readonly AcceptedInvocation[]> {
  const known = {
    ids: await knownIds(transaction, invocations),
    byKey: await knownKeys(transaction, invocations),
  };
  const { accepted, fresh } = planAcceptance(invocations, known);
  if (fresh.length === 0) return accepted;
  const now = (await database.now(transaction)).getTime();
  await database.bulk(
    transaction,
    PROMISES,
    new FlatRows(
      fresh.flatMap((invocation) => promiseValues(invocation, now, scheduleId)),
      PROMISES.columns.length,
    ),
  );
  return accepted;
}

async function knownIds(
  transaction: Transaction<Schema>,
  invocations: readonly NewInvocation[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const ids of inSlices(invocations.map((invocation) => invocation.id))) {
    const rows = await transaction.selectFrom('invocations').select('id').where('id', 'in', ids).execute();
    for (const row of rows) known.add(row.id);
  }
  return known;
}

async function knownKeys(
  transaction: Transaction<Schema>,
  invocations: readonly NewInvocation[],
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  for (const ofFunction of Map.groupBy(invocations.filter(hasKey), functionOf).values()) {
    for (const slice of inSlices(ofFunction)) {
      const rows = await transaction
        .selectFrom('invocations')
        .select(['id', 'app_id as appId', 'function_name as functionName', 'idempotency_key'])
        .where('app_id', '=', slice[0].appId)
        .where('function_name', '=', slice[0].functionName)
        .where(
          'idempotency_key',
          'in',
          slice.map((invocation) => invocation.idempotencyKey),
        )
        .execute();
      for (const { idempotency_key, ...row } of rows) {
        known.set(`${functionOf(row)} ${idempotency_key}`, row.id);
      }
    }
  }
  return known;
}

type KeyedInvocation = NewInvocation & { readonly idempotencyKey: string };

function hasKey(invocation: NewInvocation): invocation is KeyedInvocation {
  return invocation.idempotencyKey !== undefined;
}

function functionOf(invocation: Pick<NewInvocation, 'appId' | 'functionName'>): string {
  return `${invocation.appId} ${invocation.functionName}`;
}

function keyOf(invocation: NewInvocation): string | null {
  return hasKey(invocation) ? `${functionOf(invocation)} ${invocation.idempotencyKey}` : null;
}

/** In the order of `PROMISES.columns`. */
function promiseValues(invocation: NewInvocation, now: number, scheduleId: string | null): unknown[] {
  const identity = [
    invocation.id,
    invocation.appId,
    invocation.appVersionId,
    invocation.functionName,
    invocation.trigger,
  ];
  const dispatch = ['queued', 0, null, 1, now, invocation.idempotencyKey ?? null, scheduleId];
  const outcome = [JSON.stringify(invocation.input), null, null, '[]', 0, 0, 0, null, 0];
  const times = [now, null, null, invocation.traceParent ?? null];
  return [...identity, ...dispatch, ...outcome, ...times];
}
