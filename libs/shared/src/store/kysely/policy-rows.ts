import type { Kysely, Selectable } from 'kysely';
import {
  policyKeysFor,
  type PolicyKnobs,
  type PolicyScope,
  type PolicySubject,
  type PolicyVersion,
  type StandingPolicy,
} from '../../domain/machine-policy.js';
import type { CapacityPolicyTable, Schema } from './schema.js';
import { asDate, fromJson } from './values.js';

type PolicyRow = Selectable<CapacityPolicyTable>;

export function toVersion(row: PolicyRow): PolicyVersion {
  return {
    scope: row.scope as PolicyScope,
    name: row.name,
    version: row.version,
    knobs: row.knobs === null ? null : fromJson<PolicyKnobs>(row.knobs),
    changedBy: row.changed_by,
    changedAt: asDate(row.changed_at),
  };
}

/** Those of the rows that hold now. */
export function toStanding(rows: readonly PolicyRow[]): StandingPolicy[] {
  return rows.map(toVersion).filter((one): one is StandingPolicy => one.knobs !== null);
}

/** The policies that apply to one machine, read by their key: this is done at each heartbeat. */
export async function readPoliciesFor(
  db: Kysely<Schema>,
  machine: PolicySubject,
): Promise<readonly StandingPolicy[]> {
  const keys = policyKeysFor(machine);
  const rows = await db
    .selectFrom('capacity_policies')
    .selectAll()
    .where((eb) =>
      eb.or(
        Object.entries(keys)
          .filter(([, names]) => names.length > 0)
          .map(([scope, names]) => eb.and([eb('scope', '=', scope), eb('name', 'in', names)])),
      ),
    )
    .execute();
  return toStanding(rows);
}
