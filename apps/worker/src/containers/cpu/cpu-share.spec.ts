import { describe, expect, it } from '@jest/globals';
import { shareOf, UNLIMITED } from './cpu-share.js';

const own = { cpus: 2, cpuWeight: 100 };

describe('shareOf', () => {
  it.each([
    ['no limit', UNLIMITED, 3, own],
    ['a limit that a group keeps', { cores: 1.5, isLow: false }, null, { cpus: 1.5, cpuWeight: 100 }],
    ['a limit over what it has', { cores: 8, isLow: false }, null, own],
    ['a limit divided among three', { cores: 1.5, isLow: false }, 3, { cpus: 0.5, cpuWeight: 100 }],
    ['a limit divided among nobody yet', { cores: 1.5, isLow: false }, 0, { cpus: 1.5, cpuWeight: 100 }],
    ['less than engines take', { cores: 0.02, isLow: false }, 50, { cpus: 0.01, cpuWeight: 100 }],
    ['low priority', { cores: null, isLow: true }, 2, { cpus: 2, cpuWeight: 1 }],
  ])('of %s', (_what, limits, among, share) => {
    expect(shareOf(own, limits, among)).toEqual(share);
  });
});
