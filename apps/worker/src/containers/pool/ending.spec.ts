import { describe, expect, it } from '@jest/globals';
import type { ContainerExit } from '../container-runtime.js';
import type { ExitCause } from '../exit-cause.js';
import { judgeEnding, type EndingFacts, type HostResult } from './ending.js';

const exit: ContainerExit = { exitCode: 3, cause: 'exited', lastStderr: '' };
const byItself: EndingFacts = { exit, timedOut: false, endedFor: null, wasStuck: false, wasAlone: false };
const forTimeOut: EndingFacts = { ...byItself, endedFor: 'timeOut' };
const retired: EndingFacts = { ...byItself, endedFor: 'retirement' };
const by = (cause: ExitCause, facts: Partial<EndingFacts> = {}): EndingFacts => ({
  ...byItself,
  ...facts,
  exit: { ...exit, cause },
});

describe('judgeEnding', () => {
  it.each<[string, EndingFacts, HostResult['state'] | 'suspect']>([
    ['alone in a process that ended', { ...byItself, wasAlone: true }, 'exited'],
    ['one of several in a process that ended', byItself, 'suspect'],
    ['alone, over the memory limit', by('memoryLimit', { wasAlone: true }), 'exited'],
    ['one of several, over the memory limit', by('memoryLimit'), 'suspect'],
    ['alone, the connection broken off', by('ordered', { wasAlone: true }), 'exited'],
    ['one of several, the connection broken off', by('ordered'), 'suspect'],
    ['alone, killed by nobody knows whom', by('killed', { wasAlone: true }), 'suspect'],
    ['one of several, killed by nobody knows whom', by('killed'), 'suspect'],
    ['a restart was wanted', by('restartWanted', { wasAlone: true }), 'displaced'],
    ['the machine had no memory left', by('machineMemory', { wasAlone: true }), 'lost'],
    ['somebody killed the container', by('outsider'), 'lost'],
    ['the engine lost it', by('engine', { wasAlone: true }), 'lost'],
    ['past its time', { ...forTimeOut, timedOut: true }, 'timedOut'],
    ['past its time, alone', { ...forTimeOut, timedOut: true, wasAlone: true }, 'timedOut'],
    ['past its time, and the engine went', by('engine', { timedOut: true }), 'timedOut'],
    ['beside one that was past its time', forTimeOut, 'displaced'],
    ['in a process that stood still', { ...forTimeOut, wasStuck: true }, 'suspect'],
    ['in a container that was retired', { ...retired, wasAlone: true }, 'evicted'],
  ])('%s', (_name, facts, expected) => {
    const result = judgeEnding(facts);
    expect(result.state === 'displaced' && result.suspect ? 'suspect' : result.state).toBe(expected);
  });

  it('keeps how it ended, for the words and for the proof', () => {
    expect(judgeEnding({ ...byItself, wasAlone: true })).toEqual({ state: 'exited', exit });
    expect(judgeEnding(by('killed'))).toMatchObject({ exit: { cause: 'killed' } });
    expect(judgeEnding(by('engine'))).toMatchObject({ exit: { cause: 'engine' } });
  });
});
