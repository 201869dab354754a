import type { PolicyKey, PolicyKnobs, PolicyVersion, StandingPolicy } from '../domain/machine-policy.js';

export interface PolicyChange extends PolicyKey {
  readonly knobs: PolicyKnobs;
  readonly changedBy: string;
}

/** Capacity policies that management has for machines, groups and pools, with all that they ever were. It checks no knob. */
export abstract class PolicyStore {
  /** All that hold now, by scope and name. */
  abstract list(): Promise<readonly StandingPolicy[]>;
  /** Null: there is none now. */
  abstract find(key: PolicyKey): Promise<StandingPolicy | null>;
  /** Replaces all knobs of a policy, or makes it; the version is one more than the last one, also after a removal. */
  abstract put(change: PolicyChange): Promise<StandingPolicy>;
  /** False when there is none now. */
  abstract remove(key: PolicyKey, changedBy: string): Promise<boolean>;
  /** Its newest 1,000 versions, the newest first; empty: there never was one. */
  abstract history(key: PolicyKey): Promise<readonly PolicyVersion[]>;
}
