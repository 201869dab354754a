import { describe, expect, it } from '@jest/globals';
import { idsFrom, newId } from '#shared/domain/ids.js';

describe('newId', () => {
  it('sorts by the time of creation', () => {
    const ids = Array.from({ length: 10_000 }, newId);
    expect([...ids].sort()).toEqual(ids);
  });

  it('is a UUIDv7 of this moment, and never one that was there before', () => {
    const beforeMs = Date.now();
    const ids = Array.from({ length: 10_000 }, newId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const createdAtMs = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
      expect(createdAtMs >= beforeMs && createdAtMs <= Date.now()).toBe(true);
    }
  });

  it('has as much chance in it as it can: no two share their last 32 bits often', () => {
    const ends = new Set(Array.from({ length: 10_000 }, () => newId().slice(-8)));
    expect(ends.size).toBeGreaterThan(9_990);
  });
});

describe('idsFrom', () => {
  it('lies after the ids made before a time and before those made since', () => {
    const before = newId();
    const now = new Date(Date.now() + 1000);
    expect(before < idsFrom(now)).toBe(true);
    expect(before > idsFrom(new Date(now.getTime() - 60_000))).toBe(true);
    expect(idsFrom(now)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7000-8000-0{12}$/);
  });

  it('knows no time before 1970', () => {
    expect(idsFrom(new Date(-1))).toBe(idsFrom(new Date(0)));
  });
});
