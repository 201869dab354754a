import {
  explainCapacityPolicy,
  type PolicyMachine,
} from '#shared/contracts/capacity-policy/compile-policy.js';
import type { CapacityPolicy, CapacityProfile } from '#shared/domain/capacity/capacity-policy.js';
import type { MachinePolicyLayers } from '#shared/domain/fleet.js';

/** What a worker is set to itself. */
export interface LocalPolicy {
  /** The layer under those of management, as data. */
  readonly layer: Readonly<Record<string, unknown>>;
  /** How often it sends heartbeats, and for how long each lets it keep its work. */
  readonly heartbeatSeconds: number;
  readonly leaseSeconds: number;
}

export interface PolicyInForce {
  readonly policy: CapacityPolicy;
  /** Without `desktop-hours`. */
  readonly profile: CapacityProfile;
  /** False for a machine that is `dedicated` and nothing else was said of: it needs no sensors and no decisions. */
  readonly acts: boolean;
}

/**
 * The policy of this machine, from its own settings and what management sends. Management's layers come at run time: those that
 * can't be compiled are told of and not used, and what was in force before stays.
 */
export class PolicyKeeper {
  #layers: MachinePolicyLayers = {};
  #refused: string | undefined;
  #compiled: { readonly key: string; readonly inForce: PolicyInForce } | undefined;

  /** Throws `InvalidInputError` when the worker's own layer is wrong. */
  constructor(
    private readonly local: LocalPolicy,
    private readonly timeZone: string,
    private readonly onRefused: (error: unknown) => void,
  ) {
    compile({}, local, { timeZone, canPause: true });
  }

  /** What the answer to a heartbeat said; undefined: nothing. */
  hear(layers: MachinePolicyLayers | undefined): void {
    if (layers === undefined) return;
    const text = JSON.stringify(layers);
    if (text === this.#refused) return;
    try {
      compile(layers, this.local, { timeZone: this.timeZone, canPause: true });
      this.#layers = layers;
      this.#refused = undefined;
    } catch (error) {
      this.#refused = text;
      this.onRefused(error);
    }
  }

  /** @param canPause whether the engine can pause containers; where it can't, work is vacated instead */
  inForce(canPause: boolean): PolicyInForce {
    const key = `${canPause} ${JSON.stringify(this.#layers)}`;
    if (this.#compiled?.key !== key)
      this.#compiled = {
        key,
        inForce: compile(this.#layers, this.local, { timeZone: this.timeZone, canPause }),
      };
    return this.#compiled.inForce;
  }
}

function compile(layers: MachinePolicyLayers, local: LocalPolicy, machine: PolicyMachine): PolicyInForce {
  const all = { ...layers, local: local.layer };
  // That the policy wants to pause is no reason to have none: an owner who is given way to in another way has lost nothing.
  const { policy, profile } = explainCapacityPolicy(all, { ...machine, canPause: true });
  const { heartbeatSeconds, leaseSeconds } = local;
  return {
    policy: {
      ...policy,
      whenOwnerActive:
        policy.whenOwnerActive === 'suspend' && !machine.canPause ? 'vacate' : policy.whenOwnerActive,
      // What this worker does, whatever the policy's default is.
      heartbeatSeconds,
      offlineAfterMissedHeartbeats: Math.max(2, Math.floor(leaseSeconds / heartbeatSeconds)),
    },
    profile,
    acts: !isPlain([layers.machine, layers.group, layers.pool, local.layer]),
  };
}

/** @param layers the highest first */
function isPlain(layers: readonly unknown[]): boolean {
  const said = layers.map((layer) => Object.entries(layer ?? {}).filter(([, value]) => value !== undefined));
  const profile = said.flat().find(([knob]) => knob === 'profile')?.[1] as unknown;
  const isDedicated = [profile].flat().every((name) => name === 'dedicated');
  return isDedicated && said.flat().every(([knob]) => knob === 'profile');
}
