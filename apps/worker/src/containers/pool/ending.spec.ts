import { describe, expect, it } from '@jest/globals';
import type { ContainerExit } from '../container-runtime.js';
import { describeExit, judgeEnding, type EndingFacts, type HostResult } from './ending.js';

const exit: ContainerExit = { exitCode: 3, cause: 'exited', lastStderr: '' };
const byItself: EndingFacts = { exit, timedOut: false, endedByUs: false, wasStuck: false, wasAlone: false };
const byUs: EndingFacts = { ...byItself, endedByUs: true };

describe('judgeEnding', () => {
  const cases: readonly (readonly [string, EndingFacts, HostResult])[] = [
    ['alone in a process that ended', { ...byItself, wasAlone: true }, { state: 'exited', exit }],
    ['one of several in a process that ended', byItself, { state: 'displaced', suspect: true }],
    ['past its time', { ...byUs, timedOut: true }, { state: 'timedOut' }],
    ['past its time, alone', { ...byUs, timedOut: true, wasAlone: true }, { state: 'timedOut' }],
    ['beside one that was past its time', byUs, { state: 'displaced', suspect: false }],
    ['in a process that stood still', { ...byUs, wasStuck: true }, { state: 'displaced', suspect: true }],
    [
      'alone in a container that we retired',
      { ...byUs, wasAlone: true },
      { state: 'displaced', suspect: false },
    ],
  ];
  it.each(cases)('%s', (_name, facts, result) => {
    expect(judgeEnding(facts)).toEqual(result);
  });
});

describe('describeExit', () => {
  it('names the exit code, and what was written last', () => {
    expect(describeExit(exit)).toBe('The process ended with exit code 3.');
    expect(describeExit({ ...exit, lastStderr: ' bye\n' })).toMatch(/code 3\. It last wrote: bye$/);
  });

  it('names memory as the reason', () => {
    expect(describeExit({ ...exit, exitCode: null, cause: 'memoryLimit' })).toMatch(
      /more memory than its limit/,
    );
  });
});
