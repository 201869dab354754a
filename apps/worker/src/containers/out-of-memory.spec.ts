import { describe, expect, it } from '@jest/globals';
import { ranOutOfMemory } from './out-of-memory.js';

const heap = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';

describe('ranOutOfMemory', () => {
  it.each([
    ['the kernel killed it', { exitCode: 137, kernelKilled: true, lastStderr: '' }, true],
    ['V8 gave up', { exitCode: 134, kernelKilled: false, lastStderr: heap }, true],
    [
      'V8 gave up as process 1, which can not abort',
      { exitCode: 139, kernelKilled: false, lastStderr: heap },
      true,
    ],
    ['the kernel killed only a child', { exitCode: 0, kernelKilled: true, lastStderr: '' }, false],
    ['somebody killed it', { exitCode: 137, kernelKilled: false, lastStderr: '' }, false],
    ['it failed and wrote the words itself', { exitCode: 1, kernelKilled: false, lastStderr: heap }, false],
    ['nobody knows', { exitCode: null, kernelKilled: false, lastStderr: '' }, false],
  ])('when %s', (_when, end, expected) => {
    expect(ranOutOfMemory(end)).toBe(expected);
  });
});
