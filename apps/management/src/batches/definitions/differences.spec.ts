import { describe, expect, it } from '@jest/globals';
import { differences } from './differences.js';

describe('differences', () => {
  it.each([
    [{}, {}, []],
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: 2 }, [{ field: 'a', before: 1, after: 2 }]],
    [{}, { a: { b: 1 } }, [{ field: 'a', before: null, after: { b: 1 } }]],
    [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 3 } }, [{ field: 'a.b', before: 1, after: 3 }]],
    [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, [{ field: 'a.0.b', before: 1, after: 2 }]],
    [{ a: [1] }, { a: [1, 2] }, [{ field: 'a', before: [1], after: [1, 2] }]],
    [{ a: [1] }, { a: { 0: 1 } }, [{ field: 'a', before: [1], after: { 0: 1 } }]],
    [{ a: undefined }, {}, []],
    [
      { b: 1, a: 1 },
      {},
      [
        { field: 'a', before: 1, after: null },
        { field: 'b', before: 1, after: null },
      ],
    ],
  ])('of %j and %j', (before, after, found) => {
    expect(differences(before, after)).toEqual(found);
  });
});
