import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';

describe('newId', () => {
  it('sorts by the time of creation', () => {
    const ids = Array.from({ length: 100 }, newId);
    expect([...ids].sort()).toEqual(ids);
  });
});
