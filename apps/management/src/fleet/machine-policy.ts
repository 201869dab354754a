import {
  explainCapacityPolicy,
  type ExplainedPolicy,
  type PolicyLayers,
  type PolicyMachine,
} from '#shared/contracts/capacity-policy/compile-policy.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { layersOf, policiesFor, type StandingPolicy } from '#shared/domain/machine-policy.js';
import type { Machine } from '#shared/domain/machine.js';

/** As much of a policy as its layer is made of. */
export type PolicyOfLayer = Pick<StandingPolicy, 'scope' | 'name' | 'knobs'>;

/** A machine's policy, or why its layers make none. */
export type CompiledFor =
  | { readonly explained: ExplainedPolicy; readonly problems: readonly [] }
  | { readonly explained: null; readonly problems: readonly string[] };

/** All layers of a machine, that of its worker's settings too. A worker that does not say runs as `dedicated`. */
export function layersFor(machine: Machine, policies: readonly PolicyOfLayer[]): PolicyLayers {
  const local = machine.attributes?.localPolicy ?? { profile: 'dedicated' };
  return { ...layersOf(policiesFor(policies, machine)), local };
}

/**
 * What policies need to know of a machine, as far as its worker says it. That its engine can't pause is no contradiction: its worker
 * vacates where the policy says suspend.
 */
export function policyMachineOf({ attributes }: Machine): PolicyMachine {
  return { timeZone: attributes?.timeZone ?? 'UTC', canPause: true };
}

/** Whether a machine's engine can pause containers, as its worker says it: else what is usual on its system. */
export function canPauseOn({ os, attributes }: Machine): boolean {
  return attributes?.canPause ?? (os !== 'windows' || attributes?.isolation === 'hyperv');
}

/** Brings a machine's layers together as its worker does. */
export function compiledFor(layers: PolicyLayers, machine: PolicyMachine): CompiledFor {
  try {
    return { explained: explainCapacityPolicy(layers, machine), problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { explained: null, problems: error.details };
  }
}
