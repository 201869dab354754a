import { describe, expect, it } from '@jest/globals';
import type { ContainerExit } from '../container-runtime.js';
import type { ExitCause } from '../exit-cause.js';
import { ContainerLostError, describeExit, isPlatforms } from './exit-words.js';

const exit: ContainerExit = { exitCode: 3, cause: 'exited', lastStderr: '' };

describe('describeExit', () => {
  it('names the exit code, its signal, and what was written last', () => {
    expect(describeExit(exit)).toBe('The process ended with exit code 3.');
    expect(describeExit({ ...exit, exitCode: 134 })).toBe('The process ended with exit code 134 (SIGABRT).');
    expect(describeExit({ ...exit, exitCode: null })).toBe('The process ended with exit code unknown.');
    expect(describeExit({ ...exit, lastStderr: ' bye\n' })).toMatch(/code 3\. It last wrote: bye$/);
  });

  it.each<[ExitCause, RegExp]>([
    ['memoryLimit', /more memory than its limit.*give its app more/],
    ['machineMemory', /The machine ran out of memory/],
    ['outsider', /through its engine/],
    ['killed', /SIGKILL/],
    ['engine', /lost the container/],
    ['ordered', /broke off its connection/],
    ['restartWanted', /asked to be replaced/],
  ])('says what %s means', (cause, words) => {
    expect(describeExit({ ...exit, cause })).toMatch(words);
    expect(new ContainerLostError({ ...exit, cause }).message).toMatch(words);
  });
});

describe('isPlatforms', () => {
  it.each<[ExitCause, boolean]>([
    ['engine', true],
    ['outsider', true],
    ['machineMemory', true],
    ['memoryLimit', false],
    ['exited', false],
    ['killed', false],
    ['ordered', false],
    ['restartWanted', false],
  ])('%s: %s', (cause, expected) => {
    expect(isPlatforms(cause)).toBe(expected);
  });
});
