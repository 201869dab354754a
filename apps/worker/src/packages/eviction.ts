/** A package in the cache, as far as it matters for making room. */
export interface CachedPackage {
  readonly digest: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly usedAtMs: number;
  readonly isHeld: boolean;
}

/** Who was given a folder for a short look may still be looking. */
export const SHORT_LOOK_MS = 10 * 60 * 1000;

/**
 * Which packages go so that the rest is within `maxBytes`: the one that was used longest ago first, none that is held, and none
 * that was used just now. What remains may be over the limit, when all of it is in use.
 * @param now milliseconds since 1970
 */
export function packagesToRemove(
  packages: readonly CachedPackage[],
  maxBytes: number,
  now: number,
): string[] {
  let excess = packages.reduce((sum, { bytes }) => sum + bytes, 0) - maxBytes;
  const removable = packages.filter(({ isHeld, usedAtMs }) => !isHeld && usedAtMs < now - SHORT_LOOK_MS);
  const removed: string[] = [];
  for (const { digest, bytes } of removable.toSorted((a, b) => a.usedAtMs - b.usedAtMs)) {
    if (excess <= 0) break;
    removed.push(digest);
    excess -= bytes;
  }
  return removed;
}
