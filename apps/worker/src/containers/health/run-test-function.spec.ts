import { describe, expect, it } from '@jest/globals';
import { problemIn } from './run-test-function.js';

const failure = { source: 'function', type: 'Error', message: 'broke' } as const;

describe('problemIn', () => {
  it.each([
    ['the right answer', { state: 'succeeded', output: { returnValue: { doubled: 42 } } } as const, null],
    [
      'the right answer, as an output',
      { state: 'succeeded', output: { outputs: { $return: { doubled: 42 } } } } as const,
      null,
    ],
    [
      'another answer',
      { state: 'succeeded', output: { returnValue: { doubled: 41 } } } as const,
      'It was given 21 and returned {"doubled":41}.',
    ],
    ['no answer', { state: 'succeeded', output: {} } as const, 'It was given 21 and returned null.'],
    ['a failure', { state: 'failed', failure } as const, 'broke'],
    ['a time-out', { state: 'timedOut' } as const, 'It did not end within 30 s.'],
    ['a container that went', { state: 'displaced', suspect: false } as const, 'It ended displaced.'],
  ])('%s', (_what, result, problem) => {
    expect(problemIn(result, 21)).toBe(problem);
  });
});
