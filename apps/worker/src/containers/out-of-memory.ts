/** What is known of how a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  /** The kernel killed something in it for its memory limit: perhaps only a child. */
  readonly kernelKilled: boolean;
  readonly lastStderr: string;
}

/** V8 says this before it gives up. */
const HEAP_EXHAUSTED = /JavaScript heap out of memory|Fatal process out of memory/;

/**
 * Whether a process ended for lack of memory: the kernel killed it for its limit, or V8 gave up at the limit of its heap
 * (exit by SIGABRT, SIGTRAP or an illegal instruction).
 */
export function ranOutOfMemory(end: ProcessEnd): boolean {
  if (end.exitCode === 0) return false;
  return (
    end.kernelKilled || (end.exitCode !== null && end.exitCode > 128 && HEAP_EXHAUSTED.test(end.lastStderr))
  );
}
