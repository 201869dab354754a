import { InvalidInputError } from '../../domain/errors.js';
import { conflictsWithin } from './policy-conflicts.js';
import { policyLayerSchema } from './policy-layer.js';

/**
 * Whether a layer is right by itself. Throws `InvalidInputError` with a detail per thing that is wrong: knob, limit and what to do.
 * @param name of the layer, for the details
 */
export function checkPolicyLayer(name: string, layer: unknown): void {
  const problems = layerProblems(name, layer);
  if (problems.length > 0) throw new InvalidInputError('The capacity policy is not right.', problems);
}

function layerProblems(name: string, layer: unknown): string[] {
  const parsed = policyLayerSchema.safeParse(layer);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}.`);
  const { profile: _profile, ...knobs } = parsed.data;
  const set = Object.entries(knobs).filter(([, value]) => value !== undefined);
  return conflictsWithin(Object.fromEntries(set), name);
}
