import { describe, expect, it } from '@jest/globals';
import { countLine, countsOf, isSuccess, ONE_FAILURE, sumOf } from './counts.mjs';

describe('the counts of a test run', () => {
  it('take a file that could not be loaded for a failure, and tests to be written for skipped', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      numRuntimeErrorTestSuites: 2,
    };
    expect(countsOf(report)).toEqual({ passed: 5, failed: 3, skipped: 3 });
  });

  it('add up', () => {
    const one = { passed: 2, failed: 0, skipped: 1 };
    expect(sumOf([one, one, ONE_FAILURE])).toEqual({ passed: 4, failed: 1, skipped: 2 });
    expect(sumOf([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });

  it('are said in one line, skipped ones only when there are any', () => {
    expect(countLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(countLine({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped');
  });

  it('are a success only when something passed and nothing failed', () => {
    expect(isSuccess({ passed: 1, failed: 0, skipped: 4 })).toBe(true);
    expect(isSuccess({ passed: 9, failed: 1, skipped: 0 })).toBe(false);
    expect(isSuccess({ passed: 0, failed: 0, skipped: 4 })).toBe(false);
  });
});
