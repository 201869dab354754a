import { describe, expect, it } from '@jest/globals';
import {
  afterSecondRun,
  countLine,
  countsOf,
  failedFilesOf,
  isSuccess,
  ONE_FAILURE,
  sumOf,
} from './counts.mjs';

describe('the counts of a test run', () => {
  it('take a file that could not be loaded for a failure, and tests to be written for skipped', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      numRuntimeErrorTestSuites: 2,
      testResults: [],
    };
    expect(countsOf(report)).toEqual({ passed: 5, failed: 3, skipped: 3, unstable: 0 });
  });

  it('add up', () => {
    const one = { passed: 2, failed: 0, skipped: 1, unstable: 1 };
    expect(sumOf([one, one, ONE_FAILURE])).toEqual({ passed: 4, failed: 1, skipped: 2, unstable: 2 });
    expect(sumOf([])).toEqual({ passed: 0, failed: 0, skipped: 0, unstable: 0 });
  });

  it('are said in one line, skipped ones only when there are any', () => {
    expect(countLine({ passed: 12, failed: 0, skipped: 0, unstable: 0 })).toBe('12 passed, 0 failed');
    expect(countLine({ passed: 12, failed: 1, skipped: 3, unstable: 0 })).toBe(
      '12 passed, 1 failed, 3 skipped',
    );
  });

  it('say what passed only when it was run again', () => {
    expect(countLine({ passed: 12, failed: 0, skipped: 0, unstable: 2 })).toBe(
      '12 passed, 0 failed, 2 of them only when run again',
    );
  });

  it('name the files that are to be run again', () => {
    const testResults = [
      { name: 'a.spec.ts', status: 'passed' },
      { name: 'b.spec.ts', status: 'failed' },
    ];
    expect(failedFilesOf({ testResults })).toEqual(['b.spec.ts']);
  });

  it.each([
    ['all pass', 0, { passed: 10, failed: 0, skipped: 1, unstable: 3 }],
    ['one fails again', 1, { passed: 9, failed: 1, skipped: 1, unstable: 2 }],
    ['more fail than before', 4, { passed: 7, failed: 4, skipped: 1, unstable: 0 }],
  ])('of a second run in which %s', (_, failed, counts) => {
    const first = { passed: 7, failed: 3, skipped: 1, unstable: 0 };
    expect(afterSecondRun(first, { passed: 5, failed, skipped: 0, unstable: 0 })).toEqual(counts);
  });

  it('are a success only when something passed and nothing failed', () => {
    expect(isSuccess({ passed: 1, failed: 0, skipped: 4, unstable: 0 })).toBe(true);
    expect(isSuccess({ passed: 9, failed: 1, skipped: 0, unstable: 0 })).toBe(false);
    expect(isSuccess({ passed: 0, failed: 0, skipped: 4, unstable: 0 })).toBe(false);
  });
});
