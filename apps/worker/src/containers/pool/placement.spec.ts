import { describe, expect, it } from '@jest/globals';
import { idleTooLong, place, type PooledHost } from './placement.js';

const host = (key: string, busy: number, lastUsedAtMs: number): PooledHost => ({ key, busy, lastUsedAtMs });

describe('place', () => {
  it('uses the container that holds the app, however busy it and the machine are', () => {
    expect(place([host('a', 64, 5), host('b', 1, 1)], 'a', 2)).toEqual({ action: 'use', key: 'a' });
  });

  it('starts a new one while there is room', () => {
    expect(place([host('a', 0, 5)], 'b', 2)).toEqual({ action: 'start' });
  });

  it('evicts the idle one that was unused for longest when there is no room', () => {
    const hosts = [host('a', 0, 5), host('b', 0, 3), host('c', 1, 1)];
    expect(place(hosts, 'd', 3)).toEqual({ action: 'evictAndStart', evict: 'b' });
  });

  it('waits when everything is busy', () => {
    expect(place([host('a', 1, 5), host('b', 2, 3)], 'c', 2)).toEqual({ action: 'wait' });
  });
});

describe('idleTooLong', () => {
  it('names idle containers from the limit on, and never a busy one', () => {
    const hosts = [host('old', 0, 0), host('fresh', 0, 9_000), host('busy', 1, 0)];
    expect(idleTooLong(hosts, 10_000, 10)).toEqual(['old']);
  });
});
