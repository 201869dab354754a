import { constants } from 'node:os';
import { readWindowsExitCode } from '../windows-exit-code.js';

const KILLED = 137;
/** What `taskkill` and Node's own `kill` leave as the exit code of what they end. */
const TERMINATED_ON_WINDOWS = 1;

/** How a process ended, as Node tells it, and whether we had ordered it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly killOrdered: boolean;
}

/** The exit code as a shell on Linux tells it: 128 and the signal where a signal ended the process. */
export function processExitCode(end: ProcessEnd, platform: NodeJS.Platform): number | null {
  const { code, signal, killOrdered } = end;
  if (signal !== null) return 128 + constants.signals[signal];
  if (code === null || platform !== 'win32') return code;
  if (killOrdered && code === TERMINATED_ON_WINDOWS) return KILLED;
  return readWindowsExitCode(code).exitCode;
}
