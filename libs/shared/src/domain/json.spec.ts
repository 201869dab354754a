import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from './json.js';

describe('canonicalJson', () => {
  it('is the same whatever the order of keys, at any depth', () => {
    expect(canonicalJson({ b: { d: 1, c: [{ f: 2, e: 3 }] }, a: null })).toBe(
      canonicalJson({ a: null, b: { c: [{ e: 3, f: 2 }], d: 1 } }),
    );
  });

  it('leaves out what is undefined, and keeps the order of lists', () => {
    expect(canonicalJson({ a: undefined, b: [2, 1] })).toBe('{"b":[2,1]}');
  });

  it('tells null and absent apart', () => {
    expect(canonicalJson({ a: null })).not.toBe(canonicalJson({}));
  });
});
