import { describe, expect, it } from '@jest/globals';
import type { PlacedContainer } from './placement.js';
import { planPrewarming, recentColdStarts, type PrewarmFacts, type PrewarmSettings } from './prewarming.js';

const NOW = 1_000_000;
const settings: PrewarmSettings = { base: 1, reactiveMax: 2, timeToLiveSeconds: 120 };
const waiting = (id: string, seconds: number, more: Partial<PlacedContainer> = {}): PlacedContainer => ({
  id,
  key: null,
  shape: 'usual',
  memoryBytes: 100,
  isStarting: false,
  isOver: false,
  isDraining: false,
  busy: 0,
  lastUsedAtMs: NOW - seconds * 1000,
  ...more,
});
const cold = (secondsAgo: number, shape = 'usual'): { shape: string; atMs: number } => ({
  shape,
  atMs: NOW - secondsAgo * 1000,
});
const plan = (facts: Partial<PrewarmFacts>, more: Partial<PrewarmSettings> = {}): object =>
  planPrewarming(
    {
      containers: [],
      coldStarts: [],
      usualShape: 'usual',
      memoryBytesOf: new Map([
        ['usual', 100],
        ['large', 300],
      ]),
      memoryLimitBytes: 10_000,
      nowMs: NOW,
      ...facts,
    },
    { ...settings, ...more },
  );

describe('planPrewarming', () => {
  it('keeps the base, of the usual shape', () => {
    expect(plan({})).toEqual({ start: ['usual'], remove: [] });
    expect(plan({ containers: [waiting('a', 1)] })).toEqual({ start: [], remove: [] });
    expect(plan({ containers: [waiting('a', 1, { isStarting: true })] })).toEqual({ start: [], remove: [] });
    expect(plan({}, { base: 0 })).toEqual({ start: [], remove: [] });
  });

  it('adds one for each cold start of the last minute, up to a limit', () => {
    expect(plan({ coldStarts: [cold(61), cold(59)] })).toEqual({ start: ['usual', 'usual'], remove: [] });
    const many = [cold(5), cold(4), cold(3), cold(2)];
    expect(plan({ coldStarts: many })).toEqual({ start: ['usual', 'usual', 'usual'], remove: [] });
    expect(plan({ coldStarts: many }, { reactiveMax: 0 })).toEqual({ start: ['usual'], remove: [] });
  });

  it('adds them of the shape that was wanted', () => {
    expect(plan({ coldStarts: [cold(1, 'large')] }, { base: 0 })).toEqual({ start: ['large'], remove: [] });
  });

  it('takes only memory that is free', () => {
    expect(plan({ memoryLimitBytes: 99 })).toEqual({ start: [], remove: [] });
    expect(plan({ memoryLimitBytes: 250, coldStarts: [cold(1), cold(1)] })).toEqual({
      start: ['usual', 'usual'],
      remove: [],
    });
    const app = waiting('app', 1, { key: 'app', memoryBytes: 9_950 });
    expect(plan({ containers: [app] })).toEqual({ start: [], remove: [] });
  });

  it('removes what has waited for too long, the oldest, but not the base', () => {
    const containers = [waiting('new', 5), waiting('old', 300), waiting('older', 400)];
    expect(plan({ containers })).toEqual({ start: [], remove: ['older', 'old'] });
    expect(plan({ containers: [waiting('only', 900)] })).toEqual({ start: [], remove: [] });
    expect(plan({ containers: [waiting('large', 120, { shape: 'large' })] }, { base: 0 })).toEqual({
      start: [],
      remove: ['large'],
    });
  });
});

describe('recentColdStarts', () => {
  it('forgets after a minute', () => {
    expect(recentColdStarts([cold(60), cold(59.9)], NOW)).toEqual([cold(59.9)]);
  });
});
