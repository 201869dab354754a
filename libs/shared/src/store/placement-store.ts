import type { Placement, PlacementKey, PlacementVersion, StandingPlacement } from '../domain/placement.js';

export interface PlacementChange extends PlacementKey {
  readonly placement: Placement;
  readonly changedBy: string;
}

/**
 * What functions ask of their machines, with all that they ever asked. It checks no expression. Every change raises the catalogue's
 * revision, in the same transaction.
 */
export abstract class PlacementStore {
  /** All that hold now, by app and function. */
  abstract list(): Promise<readonly StandingPlacement[]>;
  /** Null: there is none now. */
  abstract find(key: PlacementKey): Promise<StandingPlacement | null>;
  /** Replaces a function's placement, or makes it; the version is one more than the last one, also after a removal. */
  abstract put(change: PlacementChange): Promise<StandingPlacement>;
  /** False when there is none now. */
  abstract remove(key: PlacementKey, changedBy: string): Promise<boolean>;
  /** Its newest 1,000 versions, the newest first; empty: there never was one. */
  abstract history(key: PlacementKey): Promise<readonly PlacementVersion[]>;
}
