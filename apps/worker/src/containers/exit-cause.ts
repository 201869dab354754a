/**
 * What ended a container:
 * `exited` (the process, by itself: an exit code, or a signal of its own making such as an abort) · `restartWanted` (the language
 * worker asks to be replaced) · `memoryLimit` (its own limit) · `machineMemory` (the machine ran out of memory, the container was
 * within its limit) · `ordered` (we killed it) · `outsider` (somebody else told the engine to kill or remove it) · `killed` (by
 * nobody knows whom: the function itself, somebody on the machine) · `engine` (the engine lost it, or took it along when it went).
 */
export type ExitCause =
  'exited' | 'restartWanted' | 'memoryLimit' | 'machineMemory' | 'ordered' | 'outsider' | 'killed' | 'engine';

/** Whose memory limit the kernel named when it killed something in a container; `unknown`: its log can't be read, or names none. */
export type KernelVerdict = 'ownLimit' | 'otherLimit' | 'unknown';

/** All that is known of the end of a container. */
export interface ExitFacts {
  /** Null: nobody knows it. */
  readonly exitCode: number | null;
  readonly lastStderr: string;
  /** We told the engine to kill it. */
  readonly killOrdered: boolean;
  /** The engine heard that the kernel killed something in it for memory: perhaps only a child. */
  readonly engineSaysMemory: boolean;
  readonly kernel: KernelVerdict;
  /** The engine was told to kill, stop or remove it, and not by us. */
  readonly killedThroughEngine: boolean;
  /** The engine could not be asked at the time, or reports an error of its own. */
  readonly engineFailed: boolean;
}

/** Of a process that knows no engine: what is left to be known. */
export const NO_ENGINE = {
  engineSaysMemory: false,
  kernel: 'unknown',
  killedThroughEngine: false,
  engineFailed: false,
} as const satisfies Partial<ExitFacts>;

/** V8 says this before it gives up. */
const HEAP_EXHAUSTED = /JavaScript heap out of memory|Fatal process out of memory/;
/** By which a language worker asks for a new process (Azure Functions' host knows it too). */
const RESTART_EXIT_CODE = 200;
const SIGKILL_EXIT_CODE = 137;
const SIGTERM_EXIT_CODE = 143;
/** What the engine says of a process that it lost sight of. */
const LOST_EXIT_CODE = 255;

/** What ended a container. */
export function exitCause(facts: ExitFacts): ExitCause {
  const { exitCode } = facts;
  if (exitCode === null) return facts.killedThroughEngine ? 'outsider' : 'engine';
  if (exitCode === 0) return 'exited';
  if (exitCode === RESTART_EXIT_CODE) return 'restartWanted';
  return memoryCause(facts) ?? (isFromOutside(exitCode) ? outsideCause(facts) : 'exited');
}

/** Exit codes that a process may have without having done anything. */
export function isFromOutside(exitCode: number | null): boolean {
  return (
    exitCode === null ||
    exitCode === SIGKILL_EXIT_CODE ||
    exitCode === SIGTERM_EXIT_CODE ||
    exitCode === LOST_EXIT_CODE
  );
}

/**
 * The kernel's log knows whose limit it was. The engine does not: with version 2 of control groups it reports every kill for
 * memory, also one that the whole machine's lack of memory led to. V8 gives up by itself at the limit of its heap (SIGABRT,
 * SIGTRAP or an illegal instruction).
 */
function memoryCause(facts: ExitFacts): ExitCause | undefined {
  if (facts.kernel === 'otherLimit') return 'machineMemory';
  if (facts.kernel === 'ownLimit' || facts.engineSaysMemory) return 'memoryLimit';
  const gaveUp = facts.exitCode !== null && facts.exitCode > 128 && HEAP_EXHAUSTED.test(facts.lastStderr);
  return gaveUp ? 'memoryLimit' : undefined;
}

function outsideCause(facts: ExitFacts): ExitCause {
  if (facts.killOrdered) return 'ordered';
  if (facts.killedThroughEngine) return 'outsider';
  if (facts.engineFailed) return 'engine';
  return facts.exitCode === SIGKILL_EXIT_CODE ? 'killed' : 'exited';
}
