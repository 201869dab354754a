import type { Machine } from './machine.js';
import type { MachinePolicyLayers } from './fleet.js';

/** What a policy is written for: one machine (by its id), the machines with a label (`name=value` or `name`), or those of a pool. */
export type PolicyScope = 'machine' | 'group' | 'pool';

export interface PolicyKey {
  readonly scope: PolicyScope;
  readonly name: string;
}

/** Knobs as they were written. */
export type PolicyKnobs = Readonly<Record<string, unknown>>;

/** A policy as somebody wrote it at some time. */
export interface PolicyVersion extends PolicyKey {
  /** 1, 2, 3 … for each key; a removal is a version too. */
  readonly version: number;
  /** Null: the policy was removed. */
  readonly knobs: PolicyKnobs | null;
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** A policy that holds now. */
export interface StandingPolicy extends PolicyVersion {
  readonly knobs: PolicyKnobs;
}

/** What decides which policies apply to a machine. */
export type PolicySubject = Pick<Machine, 'id' | 'pool' | 'labels'>;

/** The keys of all policies that could apply to a machine. */
export function policyKeysFor({ id, pool, labels }: PolicySubject): Readonly<Record<PolicyScope, string[]>> {
  const groups = Object.entries(labels).flatMap(([name, value]) => [name, `${name}=${value}`]);
  return { machine: [id], group: groups, pool: [pool] };
}

/** Those of the policies that apply to a machine: its own, its groups' by name, its pool's. */
export function policiesFor<Policy extends PolicyKey>(
  policies: readonly Policy[],
  machine: PolicySubject,
): readonly Policy[] {
  const keys = policyKeysFor(machine);
  return (['machine', 'group', 'pool'] as const).flatMap((scope) =>
    policies.filter((policy) => policy.scope === scope && keys[scope].includes(policy.name)).sort(byName),
  );
}

/**
 * The layers that policies which apply to a machine make. Of two groups that both say something about a knob, the one whose name
 * sorts first counts.
 */
export function layersOf(
  applying: readonly Pick<StandingPolicy, 'scope' | 'name' | 'knobs'>[],
): MachinePolicyLayers {
  const layers: Partial<Record<PolicyScope, PolicyKnobs>> = {};
  for (const { scope, knobs } of applying.toSorted(byName)) layers[scope] = { ...knobs, ...layers[scope] };
  return layers;
}

/** By code units: the same order on every machine, whatever its language. */
function byName(one: PolicyKey, other: PolicyKey): number {
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}
