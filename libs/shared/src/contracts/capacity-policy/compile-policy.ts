import type { CapacityPolicy, CapacityProfile } from '../../domain/capacity/capacity-policy.js';
import { defaultsOf } from '../../domain/capacity/profiles.js';
import type { MachinePolicyLayers } from '../../domain/fleet.js';
import { InvalidInputError } from '../../domain/errors.js';
import { conflictsOf } from './policy-conflicts.js';
import { policyLayerSchema, type PolicyLayer } from './policy-layer.js';

/**
 * Policies as data, as they were written for a machine. A higher layer's knob replaces a lower one's:
 * machine > group > pool > local (the worker's own settings) > profile.
 */
export interface PolicyLayers extends MachinePolicyLayers {
  readonly local?: unknown;
}

/** What a policy needs to know of its machine. */
export interface PolicyMachine {
  /** The zone that the machine is set to; hours are in it where no layer names another. */
  readonly timeZone: string;
  /** Whether its engine can pause containers. A Windows engine can't where it isolates by process. */
  readonly canPause: boolean;
}

/** A policy and where it comes from. */
export interface ExplainedPolicy {
  readonly policy: CapacityPolicy;
  /** What it is made from, without `desktop-hours`. */
  readonly profile: CapacityProfile;
  /** `machine`, `group`, `pool` or `local` for a layer; else `profile` with its name, or `the machine`. */
  readonly sourceOf: (knob: keyof CapacityPolicy) => string;
}

const HIGHEST_FIRST = ['machine', 'group', 'pool', 'local'] as const;
type LayerName = (typeof HIGHEST_FIRST)[number];
type CheckedLayers = Readonly<Record<LayerName, PolicyLayer>>;

const BASE_PROFILES: readonly CapacityProfile[] = [
  'dedicated',
  'desktop-suspend',
  'desktop-vacate',
  'background',
];

/**
 * Brings layers, profile and machine together into one policy, once: complete, checked and frozen.
 * Throws `InvalidInputError` with a detail per thing that is wrong, each with its layer, knob, limit and what to do.
 */
export function compileCapacityPolicy(layers: PolicyLayers, machine: PolicyMachine): CapacityPolicy {
  return explainCapacityPolicy(layers, machine).policy;
}

/** The same, with where each knob's value comes from. Throws the same. */
export function explainCapacityPolicy(layers: PolicyLayers, machine: PolicyMachine): ExplainedPolicy {
  const checked = checkLayers(layers);
  const { profiles, base, source } = profilesOf(checked, machine);
  const policy = { timeZone: machine.timeZone, ...defaultsOf(profiles), ...knobsOf(checked) };
  const sourceOf = (knob: keyof CapacityPolicy): string =>
    layerThatSays(checked, knob) ??
    (knob === 'timeZone' ? 'the machine' : `profile ${profiles.join(' with ')}`);
  refuse([...conflictsOf(policy, sourceOf), ...pauseConflict(policy, machine, sourceOf, source)]);
  return {
    policy: Object.freeze({ ...policy, exclusiveApps: Object.freeze([...policy.exclusiveApps]) }),
    profile: base,
    sourceOf,
  };
}

function checkLayers(layers: PolicyLayers): CheckedLayers {
  const problems: string[] = [];
  const check = (name: LayerName): PolicyLayer => {
    const parsed = policyLayerSchema.safeParse(layers[name] ?? {});
    if (parsed.success) return withoutUndefined(parsed.data);
    problems.push(
      ...parsed.error.issues.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}.`),
    );
    return {};
  };
  const checked = {
    machine: check('machine'),
    group: check('group'),
    pool: check('pool'),
    local: check('local'),
  };
  refuse(problems);
  return checked;
}

/** `undefined` in data means that a layer says nothing: it must not hide what the layer below says. */
function withoutUndefined(layer: PolicyLayer): PolicyLayer {
  return Object.fromEntries(Object.entries(layer).filter(([, value]) => value !== undefined));
}

/** What the layers say together, but for the profile. */
function knobsOf({ machine, group, pool, local }: CheckedLayers): Omit<PolicyLayer, 'profile'> {
  const { profile: _profile, ...knobs } = { ...local, ...pool, ...group, ...machine };
  return knobs;
}

/** The highest layer that names a profile decides; without one it is the most that the machine can do for an owner. */
function profilesOf(
  layers: CheckedLayers,
  machine: PolicyMachine,
): { profiles: readonly CapacityProfile[]; base: CapacityProfile; source: string } {
  const layer = layerThatSays(layers, 'profile');
  const named = layer === undefined ? [] : (layers[layer].profile ?? []);
  const usual: CapacityProfile = machine.canPause ? 'desktop-suspend' : 'desktop-vacate';
  const bases = named.filter((profile) => BASE_PROFILES.includes(profile));
  const base = bases[0] ?? usual;
  const hours = named.includes('desktop-hours');
  if (bases.length > 1 || (hours && !base.startsWith('desktop-')))
    refuse([
      `${layer}.profile: ${named.join(' and ')} can't be combined; only desktop-hours goes with another, desktop-suspend or desktop-vacate.`,
    ]);
  return { profiles: hours ? [base, 'desktop-hours'] : [base], base, source: layer ?? 'the default' };
}

function layerThatSays(layers: CheckedLayers, knob: keyof PolicyLayer): LayerName | undefined {
  return HIGHEST_FIRST.find((name) => layers[name][knob] !== undefined);
}

function pauseConflict(
  policy: CapacityPolicy,
  machine: PolicyMachine,
  sourceOf: (knob: keyof CapacityPolicy) => string,
  profileSource: string,
): string[] {
  if (policy.whenOwnerActive !== 'suspend' || machine.canPause) return [];
  const source = sourceOf('whenOwnerActive');
  return [
    `whenOwnerActive suspend (${source}, set by ${profileSource}) and canPause false (the machine): ` +
      'this engine can not pause containers (Windows under process isolation); use the profile desktop-vacate or Hyper-V isolation.',
  ];
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new InvalidInputError('The capacity policy is not right.', problems);
}
