import { describe, expect, it } from '@jest/globals';
import { chooseDialect } from './choose-dialect.js';

describe('chooseDialect', () => {
  it.each([
    ['windows', 'windows'],
    ['linux', 'linux'],
    [undefined, 'linux'],
  ])('for an engine that says %s is %s', (OSType, os) => {
    expect(chooseDialect(OSType === undefined ? {} : { OSType }, { isolation: 'default' }).os).toBe(os);
  });
});
