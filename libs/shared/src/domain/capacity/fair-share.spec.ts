import { describe, expect, it } from '@jest/globals';
import { usageAt, usageWith } from './fair-share.js';

const HOUR_MS = 3_600_000;

describe('usage', () => {
  it('counts half after a half-life, a quarter after two, all of it at once', () => {
    const usage = { coreSeconds: 800, atMs: 0 };
    const counts = [0, 24, 48].map((hours) => usageAt(usage, hours * HOUR_MS, 24).coreSeconds);
    expect(counts).toEqual([800, 400, 200]);
  });

  it('adds to what is left of it', () => {
    expect(usageWith({ coreSeconds: 800, atMs: 0 }, 50, 24 * HOUR_MS, 24)).toEqual({
      coreSeconds: 450,
      atMs: 24 * HOUR_MS,
    });
  });
});
