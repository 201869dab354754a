import { describe, expect, it } from '@jest/globals';
import { believableAge, youngest } from './input-age.js';
import { known, unknown } from './sensed.js';

describe('believableAge', () => {
  const before = { ageSeconds: 5, atMs: 10_000 };

  it.each([
    ['goes on', 6, 6],
    ['is new input', 0.5, 0.5],
    ['jumps with the wall clock', 3600, 6],
    ['is lost with its session', Infinity, 6],
    ['lies in the future', -3600, 0],
  ])('an age that %s', (_, seen, believed) => {
    expect(believableAge(seen, before, 11_000)).toBe(believed);
  });

  it('believes the first one, also that there never was input', () => {
    expect(believableAge(3600, null, 11_000)).toBe(3600);
    expect(believableAge(Infinity, null, 11_000)).toBe(Infinity);
    expect(believableAge(Infinity, { ageSeconds: Infinity, atMs: 0 }, 11_000)).toBe(Infinity);
  });
});

describe('youngest', () => {
  it('is the least age, never where there is none', () => {
    expect(youngest([known(7), known(3), known(Infinity)])).toEqual(known(3));
    expect(youngest([])).toEqual(known(Infinity));
  });

  it('is unknown as soon as one age is, and says each reason once', () => {
    expect(youngest([known(7), unknown('a'), unknown('b'), unknown('a')])).toEqual(unknown('a; b'));
  });
});
