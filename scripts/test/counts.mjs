/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} unstable failed at first and passed when their file was run again: counted among the passed too
 *
 * @typedef {object} JestReport the part of `jest --json` that is counted
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {readonly { name: string, status: string }[]} testResults a file each
 */

/** @type {Counts} */
export const NOTHING = Object.freeze({ passed: 0, failed: 0, skipped: 0, unstable: 0 });

/** @type {Counts} something that went wrong beside the tests themselves */
export const ONE_FAILURE = Object.freeze({ passed: 0, failed: 1, skipped: 0, unstable: 0 });

/**
 * @param {JestReport} report
 * @returns {Counts} a file that could not even be loaded is one failure
 */
export function countsOf(report) {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
    unstable: 0,
  };
}

/**
 * @param {Pick<JestReport, 'testResults'>} report
 * @returns {string[]} the files in which something failed
 */
export function failedFilesOf({ testResults }) {
  return testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/**
 * The counts of a project whose failed files were run again: what failed again is a failure, what passed is unstable.
 * @param {Counts} first of the whole project
 * @param {Counts} again of those files alone
 * @returns {Counts}
 */
export function afterSecondRun(first, again) {
  const unstable = Math.max(0, first.failed - again.failed);
  return { passed: first.passed + unstable, failed: again.failed, skipped: first.skipped, unstable };
}

/** @param {readonly Counts[]} all @returns {Counts} */
export function sumOf(all) {
  return all.reduce(
    (sum, { passed, failed, skipped, unstable }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
      unstable: sum.unstable + unstable,
    }),
    NOTHING,
  );
}

/**
 * The line that a test run ends with.
 * @param {Counts} counts
 */
export function countLine({ passed, failed, skipped, unstable }) {
  const more = [
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(unstable > 0 ? [`${unstable} of them only when run again`] : []),
  ];
  return [`${passed} passed`, `${failed} failed`, ...more].join(', ');
}

/**
 * A run without any test proves nothing: it fails, too.
 * @param {Counts} counts
 */
export function isSuccess({ passed, failed }) {
  return failed === 0 && passed > 0;
}
