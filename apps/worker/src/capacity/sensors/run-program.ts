import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** More than the process list of a large machine. */
const OUTPUT_LIMIT_BYTES = 8 * 2 ** 20;
/** Shorter than the sampler's own limit, so that a program that hangs is killed before its sensor counts as hanging. */
const LIMIT_MS = 2500;

/**
 * Runs a program of the operating system and gives what it printed. Throws when it is not there, fails or takes too long.
 * @param environment all variables that it gets; absent: those of this process
 */
export type RunProgram = (
  program: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Promise<string>;

export const runProgram: RunProgram = async (program, args, environment) => {
  const { stdout } = await execute(program, [...args], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    windowsHide: true,
    ...(environment && { env: { ...environment } }),
  });
  return stdout;
};
