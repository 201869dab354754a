import type { Failure } from '#shared/domain/invocation.js';

/** Why a run can't go on whose input file is not what it was when the run was made. */
export function inputMissing(digest: string): Failure {
  return {
    source: 'platform',
    type: 'InputMissing',
    message:
      `The run's input file (sha256 ${digest}) is gone from the blob store, or shorter than it was. ` +
      'Restore the data folder, or start a new run with the file.',
  };
}
