import type { Placement, StandingPlacement } from '#shared/domain/placement.js';

/** The placements that hold, for a look at every job: two look-ups in memory, and one where an app has none. */
export class PlacementIndex {
  private readonly byApp = new Map<string, Map<string, Placement>>();

  /** Equal where the same placements hold. */
  readonly fingerprint: string;

  constructor(placements: readonly StandingPlacement[] = []) {
    this.fingerprint = JSON.stringify(placements.map((one) => [one.appId, one.functionName, one.version]));
    for (const { appId, functionName, placement } of placements) {
      const ofApp = this.byApp.get(appId) ?? new Map<string, Placement>();
      this.byApp.set(appId, ofApp.set(functionName, placement));
    }
  }

  /** @param functionName in any case; undefined: it asks nothing of its machines */
  of(appId: string, functionName: string): Placement | undefined {
    return this.byApp.get(appId)?.get(functionName.toLowerCase());
  }
}
