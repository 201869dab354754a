import { describe, expect, it } from '@jest/globals';
import { exitCause, type ExitCause, type ExitFacts } from './exit-cause.js';

const heap = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
const plain: ExitFacts = {
  exitCode: 1,
  lastStderr: '',
  killOrdered: false,
  engineSaysMemory: false,
  kernel: 'unknown',
  killedThroughEngine: false,
  engineFailed: false,
};

describe('exitCause', () => {
  it.each<[string, Partial<ExitFacts>, ExitCause]>([
    ['it ended with a code', { exitCode: 3 }, 'exited'],
    ['it ended well', { exitCode: 0 }, 'exited'],
    ['it aborted', { exitCode: 134 }, 'exited'],
    ['it ended on a SIGTERM that came through no engine', { exitCode: 143 }, 'exited'],
    ['it failed while the engine was away', { exitCode: 1, engineFailed: true }, 'exited'],
    ['it asked for a new process', { exitCode: 200 }, 'restartWanted'],

    ['the engine says memory', { exitCode: 137, engineSaysMemory: true }, 'memoryLimit'],
    ['the kernel names its own limit', { exitCode: 137, kernel: 'ownLimit' }, 'memoryLimit'],
    [
      'the kernel names another limit, whatever the engine says',
      { exitCode: 137, engineSaysMemory: true, kernel: 'otherLimit' },
      'machineMemory',
    ],
    [
      'the kernel killed it, and then we did',
      { exitCode: 137, kernel: 'ownLimit', killOrdered: true },
      'memoryLimit',
    ],
    ['it failed because a child was killed', { exitCode: 1, engineSaysMemory: true }, 'memoryLimit'],
    ['only a child was killed', { exitCode: 0, engineSaysMemory: true }, 'exited'],
    ['V8 gave up', { exitCode: 134, lastStderr: heap }, 'memoryLimit'],
    ['V8 gave up as process 1, which can not abort', { exitCode: 139, lastStderr: heap }, 'memoryLimit'],
    ['it failed and wrote the words itself', { exitCode: 1, lastStderr: heap }, 'exited'],

    ['we killed it', { exitCode: 137, killOrdered: true }, 'ordered'],
    [
      'we killed it, and the engine says so',
      { exitCode: 137, killOrdered: true, killedThroughEngine: true },
      'ordered',
    ],
    ['it ended by itself before our order came', { exitCode: 3, killOrdered: true }, 'exited'],
    ['somebody killed it through the engine', { exitCode: 137, killedThroughEngine: true }, 'outsider'],
    ['somebody stopped it through the engine', { exitCode: 143, killedThroughEngine: true }, 'outsider'],
    ['somebody removed it', { exitCode: null, killedThroughEngine: true }, 'outsider'],
    ['somebody killed it in another way', { exitCode: 137, lastStderr: 'words' }, 'killed'],
    ['nobody knows who killed it', { exitCode: 137 }, 'killed'],

    ['the engine lost it', { exitCode: null }, 'engine'],
    ['the engine took it along', { exitCode: 137, engineFailed: true }, 'engine'],
    ['the engine stopped it on its way down', { exitCode: 143, engineFailed: true }, 'engine'],
    ['the engine lost sight of it', { exitCode: 255, engineFailed: true }, 'engine'],
    ['it ended with 255 by itself', { exitCode: 255 }, 'exited'],
  ])('when %s', (_when, facts, cause) => {
    expect(exitCause({ ...plain, ...facts })).toBe(cause);
  });
});
