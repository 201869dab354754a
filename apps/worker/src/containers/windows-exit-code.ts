/** An exit code as the rest of the worker reads it: as on Linux, 128 and the signal. */
export interface ReadExitCode {
  readonly exitCode: number;
  /** The code itself says that there was no memory left within the container's limit. */
  readonly outOfMemory: boolean;
}

const KILLED = 137;
const ASKED_TO_END = 143;
const LOST = 255;

/** What Windows calls an end that came from outside, in the words of Linux. */
const FROM_OUTSIDE: ReadonlyMap<number, number> = new Map([
  // ERROR_PROCESS_ABORTED, and the same as an HRESULT: somebody has ended the process.
  [1067, KILLED],
  [0x8007042b, KILLED],
  // STATUS_CONTROL_C_EXIT: CTRL_SHUTDOWN or CTRL_C, and the process did not handle it.
  [0xc000013a, ASKED_TO_END],
  // What the engine says when the container service lost sight of the process (-1).
  [0xffffffff, LOST],
]);

/** STATUS_NO_MEMORY and STATUS_COMMITMENT_LIMIT: the job object's limit was hit. */
const OUT_OF_MEMORY: ReadonlySet<number> = new Set([0xc0000017, 0xc000012d]);

/**
 * Reads the exit code of a Windows container. Codes that only Windows knows stay as they are, such as 3221225477 (0xC0000005, an
 * access violation): an unsigned number of 32 bits, however the engine wrote it.
 */
export function readWindowsExitCode(code: number): ReadExitCode {
  const unsigned = code >>> 0;
  return {
    exitCode: FROM_OUTSIDE.get(unsigned) ?? unsigned,
    outOfMemory: OUT_OF_MEMORY.has(unsigned),
  };
}
