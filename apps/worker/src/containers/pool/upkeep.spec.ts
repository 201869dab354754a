import { describe, expect, it } from '@jest/globals';
import { leakedAfterMs, planRest, type RestingContainer } from './upkeep.js';

const unusedFor = (id: string, seconds: number, more: Partial<RestingContainer> = {}): RestingContainer => ({
  id,
  key: 'app',
  isStarting: false,
  isPaused: false,
  busy: 0,
  lastUsedAtMs: 1_000_000 - seconds * 1000,
  ...more,
});
const plan = (containers: RestingContainer[], pauseAfterSeconds: number | null = 10): object =>
  planRest(containers, 1_000_000, { pauseAfterSeconds, removeAfterSeconds: 600 });

describe('planRest', () => {
  it('pauses from the one limit on and removes from the other on', () => {
    const containers = [unusedFor('a', 9.9), unusedFor('b', 10), unusedFor('c', 599), unusedFor('d', 600)];
    expect(plan(containers)).toEqual({ pause: ['b', 'c'], remove: ['d'] });
  });

  it('pauses nothing twice, and nothing where that is not possible', () => {
    expect(plan([unusedFor('a', 20, { isPaused: true })])).toEqual({ pause: [], remove: [] });
    expect(plan([unusedFor('a', 20)], null)).toEqual({ pause: [], remove: [] });
  });

  it('removes what is paused', () => {
    expect(plan([unusedFor('a', 700, { isPaused: true })])).toEqual({ pause: [], remove: ['a'] });
  });

  it('leaves alone what is in use, what is starting, and what waits for an app', () => {
    const containers = [
      unusedFor('busy', 900, { busy: 1 }),
      unusedFor('starting', 900, { isStarting: true }),
      unusedFor('prewarmed', 900, { key: null }),
    ];
    expect(plan(containers)).toEqual({ pause: [], remove: [] });
  });
});

describe('leakedAfterMs', () => {
  it('is twice the limit and a minute', () => {
    expect(leakedAfterMs(30)).toBe(120_000);
  });

  it('is never where there is no limit', () => {
    expect(leakedAfterMs(null)).toBeNull();
  });
});
