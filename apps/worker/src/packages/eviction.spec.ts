import { describe, expect, it } from '@jest/globals';
import { packagesToRemove, SHORT_LOOK_MS, type CachedPackage } from './eviction.js';

const NOW = 1_800_000_000_000;

function cached(digest: string, minutesAgo: number, changes: Partial<CachedPackage> = {}): CachedPackage {
  return { digest, bytes: 10, usedAtMs: NOW - minutesAgo * 60_000, isHeld: false, ...changes };
}

describe('packagesToRemove', () => {
  it('removes nothing while there is room', () => {
    expect(packagesToRemove([cached('a', 90), cached('b', 60)], 20, NOW)).toEqual([]);
  });

  it('removes what was used longest ago, and no more than needed', () => {
    const packages = [cached('new', 20), cached('oldest', 90), cached('old', 60)];
    expect(packagesToRemove(packages, 20, NOW)).toEqual(['oldest']);
    expect(packagesToRemove(packages, 15, NOW)).toEqual(['oldest', 'old']);
  });

  it('removes nothing that is held, however old, nor what was used just now', () => {
    const packages = [cached('held', 900, { isHeld: true }), cached('fresh', SHORT_LOOK_MS / 60_000 - 1)];
    expect(packagesToRemove(packages, 0, NOW)).toEqual([]);
  });
});
