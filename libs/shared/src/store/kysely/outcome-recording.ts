import type { Transaction } from 'kysely';
import type { InvocationOutcome } from '../../domain/invocation.js';
import { FlatRows } from './bulk-write.js';
import type { Database } from './database.js';
import { INVOCATION_LOGS, OUTCOMES } from './invocation-targets.js';
import {
  cutOversize,
  encodeOutcome,
  type EncodedOutcome,
  isOversize,
  pushLogs,
  pushOutcome,
} from './outcome-values.js';
import { inSlices } from './paging.js';
import type { Schema } from './schema.js';
import { asNumber } from './values.js';

/**
 * Of several attempts at one invocation within a call, the newest stays; the same attempt twice is one outcome.
 * The others' ids are refused.
 */
export function newestAttempts(outcomes: readonly InvocationOutcome[]): {
  readonly newest: readonly InvocationOutcome[];
  readonly overtakenIds: readonly string[];
} {
  const newest = new Map<string, InvocationOutcome>();
  const overtakenIds = new Set<string>();
  for (const outcome of outcomes) {
    const other = newest.get(outcome.id);
    if (!other || other.fence < outcome.fence) newest.set(outcome.id, outcome);
    if (other && other.fence !== outcome.fence) overtakenIds.add(outcome.id);
  }
  return { newest: [...newest.values()], overtakenIds: [...overtakenIds] };
}

/** Writes outcomes with their logs, within a transaction. Returns the ids of those that were refused. */
export async function recordWithin(
  database: Database,
  transaction: Transaction<Schema>,
  outcomes: readonly InvocationOutcome[],
  keptPayloadBytes: number,
): Promise<ReadonlySet<string>> {
  const values: unknown[] = [];
  for (const encoded of await cutUnpromised(transaction, outcomes.map(encodeOutcome), keptPayloadBytes)) {
    pushOutcome(values, encoded);
  }
  const written = await database.bulk(transaction, OUTCOMES, new FlatRows(values, OUTCOMES.columns.length));
  const refused = written < outcomes.length ? await overtaken(transaction, outcomes) : new Set<string>();
  const logs: unknown[] = [];
  for (const outcome of outcomes) {
    if (!refused.has(outcome.id)) pushLogs(logs, outcome);
  }
  await database.bulk(transaction, INVOCATION_LOGS, new FlatRows(logs, INVOCATION_LOGS.columns.length));
  return refused;
}

/** What somebody was promised is kept whole; of the rest, what is too long is cut. */
async function cutUnpromised(
  transaction: Transaction<Schema>,
  encoded: readonly EncodedOutcome[],
  keptBytes: number,
): Promise<readonly EncodedOutcome[]> {
  const oversize = encoded.filter(
    (one) => isOversize(one.input, keptBytes) || isOversize(one.output, keptBytes),
  );
  if (oversize.length === 0) return encoded;
  const promised = new Set<string>();
  for (const ids of inSlices(oversize.map((one) => one.outcome.id))) {
    const rows = await transaction
      .selectFrom('invocations')
      .select('id')
      .where('id', 'in', ids)
      .where('dispatch_count', '>', 0)
      .execute();
    for (const row of rows) promised.add(row.id);
  }
  return encoded.map((one) => (promised.has(one.outcome.id) ? one : cutOversize(one, keptBytes)));
}

/** Those whose row holds something else than their outcome. One that is recorded twice is not among them. */
async function overtaken(
  transaction: Transaction<Schema>,
  outcomes: readonly InvocationOutcome[],
): Promise<Set<string>> {
  const standing = new Map<string, number | null>();
  for (const ids of inSlices(outcomes.map((outcome) => outcome.id))) {
    const rows = await transaction
      .selectFrom('invocations')
      .select(['id', 'outcome_fence'])
      .where('id', 'in', ids)
      .execute();
    for (const row of rows)
      standing.set(row.id, row.outcome_fence === null ? null : asNumber(row.outcome_fence));
  }
  return new Set(
    outcomes.filter((outcome) => standing.get(outcome.id) !== outcome.fence).map((outcome) => outcome.id),
  );
}
