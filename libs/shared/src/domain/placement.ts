/** What a function asks of the machines that it runs on, as expressions over their facts. Absent: nothing. */
export interface Placement {
  /** Only machines that meet these run it. */
  readonly requirements?: string | undefined;
  /** Of several free machines the one with the highest value is to run it. */
  readonly rank?: string | undefined;
}

/** A function of an app, whatever its version; names are looked up without regard to case. */
export interface PlacementKey {
  readonly appId: string;
  /** In lower case. */
  readonly functionName: string;
}

export function placementKey(appId: string, functionName: string): PlacementKey {
  return { appId, functionName: functionName.toLowerCase() };
}

/** A placement as somebody wrote it at some time. */
export interface PlacementVersion extends PlacementKey {
  /** 1, 2, 3 … for each function; a removal is a version too. */
  readonly version: number;
  /** Null: it was removed. */
  readonly placement: Placement | null;
  readonly changedBy: string;
  readonly changedAt: Date;
}

/** A placement that holds now. */
export interface StandingPlacement extends PlacementVersion {
  readonly placement: Placement;
}
