import { constants } from 'node:os';
import type { ContainerExit } from '../container-runtime.js';
import type { ExitCause } from '../exit-cause.js';

/** Thrown when a container was lost through no fault of what ran in it: another machine may do better. */
export class ContainerLostError extends Error {
  constructor(readonly exit: ContainerExit) {
    super(describeExit(exit));
    this.name = 'ContainerLostError';
  }
}

/** Whether nothing inside a container can have brought its end about. */
export function isPlatforms(cause: ExitCause): boolean {
  return cause === 'engine' || cause === 'outsider' || cause === 'machineMemory';
}

/** What a failure is called when a process ended in the middle of a function. */
export const FAILURE_TYPE: Readonly<Record<ExitCause, string>> = {
  exited: 'ProcessExited',
  restartWanted: 'ProcessExited',
  memoryLimit: 'OutOfMemory',
  machineMemory: 'MachineOutOfMemory',
  ordered: 'ConnectionLost',
  outsider: 'ContainerKilled',
  killed: 'ProcessKilled',
  engine: 'ContainerLost',
};

/** What happened, and what to do where something can be done. */
const WORDS: Readonly<Record<Exclude<ExitCause, 'exited'>, string>> = {
  restartWanted: 'The process asked to be replaced (exit code 200).',
  memoryLimit:
    'The process used more memory than its limit and was killed. Let the function use less, or give its app more.',
  machineMemory:
    'The machine ran out of memory and its kernel killed the process, which had not used up its own limit.',
  ordered: 'The process broke off its connection to the worker, and was ended for that.',
  outsider: 'Somebody killed or removed the container through its engine.',
  killed: 'The process was killed (SIGKILL), neither by the worker nor through the engine.',
  engine: 'The container engine lost the container.',
};

/** How a process ended, in a sentence or two, with the last of what it wrote. */
export function describeExit(exit: ContainerExit): string {
  const how = exit.cause === 'exited' ? exitInWords(exit.exitCode) : WORDS[exit.cause];
  return exit.lastStderr.trim() === '' ? how : `${how} It last wrote: ${exit.lastStderr.trim()}`;
}

function exitInWords(exitCode: number | null): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number + 128 === exitCode)?.[0];
  return `The process ended with exit code ${exitCode ?? 'unknown'}${signal === undefined ? '' : ` (${signal})`}.`;
}
