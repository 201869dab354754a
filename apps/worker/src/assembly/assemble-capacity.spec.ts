import { availableParallelism } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { coresOf } from './assemble-capacity.js';

describe('coresOf', () => {
  it('is a share of the machine, and no limit where that is all of it', () => {
    expect(coresOf(50)).toBe(availableParallelism() / 2);
    expect(coresOf(1)).toBe(availableParallelism() / 100);
    expect(coresOf(100)).toBeNull();
  });
});
