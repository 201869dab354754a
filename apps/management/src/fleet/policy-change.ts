import type { PolicyLayers, PolicyMachine } from '#shared/contracts/capacity-policy/compile-policy.js';
import type { PolicyKey, PolicyKnobs } from '#shared/domain/machine-policy.js';
import type { Machine } from '#shared/domain/machine.js';
import { compiledFor, layersFor, policyMachineOf, type PolicyOfLayer } from './machine-policy.js';

/** A policy that is to be written; without knobs it is to be removed. */
export interface PolicyToBe extends PolicyKey {
  readonly knobs: PolicyKnobs | null;
}

/**
 * What would be wrong for machines after a change and is not now: each with the name of one machine that it concerns. What was
 * wrong before is no reason to refuse a change that may be a step to mending it.
 */
export function problemsOfChange(
  change: PolicyToBe,
  standing: readonly PolicyOfLayer[],
  machines: readonly Machine[],
): string[] {
  const after = changed(standing, change);
  const compile = remembering();
  const found = new Map<string, string[]>();
  for (const machine of machines.filter(({ state }) => state !== 'revoked')) {
    const before = new Set(compile(machine, standing));
    for (const problem of compile(machine, after).filter((one) => !before.has(one)))
      found.set(problem, [...(found.get(problem) ?? []), machine.name]);
  }
  return [...found].map(([problem, names]) => `${machinesText(names)}: ${problem}`);
}

function changed(standing: readonly PolicyOfLayer[], { scope, name, knobs }: PolicyToBe): PolicyOfLayer[] {
  const others = standing.filter((policy) => policy.scope !== scope || policy.name !== name);
  return knobs === null ? others : [...others, { scope, name, knobs }];
}

/** Thousands of machines have a few policies among them: each is compiled once. */
function remembering(): (machine: Machine, policies: readonly PolicyOfLayer[]) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (machine, policies) => {
    const given: [PolicyLayers, PolicyMachine] = [layersFor(machine, policies), policyMachineOf(machine)];
    const key = JSON.stringify(given);
    const problems = known.get(key) ?? compiledFor(...given).problems;
    known.set(key, problems);
    return problems;
  };
}

function machinesText([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
