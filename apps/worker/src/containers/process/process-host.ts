import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What of the machine the process runtime uses, so that what it does on another platform can be tried. */
export interface ProcessHost {
  readonly platform: NodeJS.Platform;
  /** Runs a program to its end; returns its stdout. Rejects when it fails. */
  run(program: string, parameters: readonly string[]): Promise<string>;
  /** Throws when there is no such process. A negative id is a group's. */
  kill(pid: number, signal: NodeJS.Signals): void;
}

/** This very machine. */
export const thisHost: ProcessHost = {
  platform: process.platform,
  run: async (program, parameters) => (await promisify(execFile)(program, [...parameters])).stdout,
  kill: (pid, signal) => void process.kill(pid, signal),
};
