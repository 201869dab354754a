import { CommanderError } from 'commander';
import { ApiClient } from './api-client.js';
import { ApiError, UnreachableError } from './api-error.js';
import type { CommandContext } from './commands/command-context.js';
import { InvalidSettingsError, readCliSettings } from './config.js';
import { EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, UsageError } from './exit-codes.js';
import { buildProgram } from './program.js';
import type { Terminal } from './terminal/terminal.js';

export interface CliSurroundings {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Runs one command line.
 * @param args without node and the script
 * @returns the exit code
 */
export async function runCli(args: readonly string[], surroundings: CliSurroundings): Promise<number> {
  const { terminal, environment, signal } = surroundings;
  let exitCode = EXIT_DONE;
  const context: CommandContext = {
    terminal,
    signal,
    fail: () => (exitCode = EXIT_FAILED),
    client: (url) => {
      const settings = readCliSettings(environment);
      return new ApiClient({ url: url ?? settings.managementUrl, adminKey: settings.adminKey, signal });
    },
  };
  try {
    await buildProgram(context).parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return reported(error, surroundings);
  }
}

function reported(error: unknown, { terminal, signal }: CliSurroundings): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_USAGE; // It has said why.
  if (signal.aborted) return EXIT_INTERRUPTED;
  if (error instanceof ApiError) {
    for (const line of [error.message, ...error.details.map((detail) => `  - ${detail}`)])
      terminal.errorLine(line);
    return EXIT_FAILED;
  }
  if (error instanceof UnreachableError) {
    terminal.errorLine(`${error.message} (--url or NIGHTJAR_URL says where management is)`);
    return EXIT_FAILED;
  }
  if (error instanceof UsageError || error instanceof InvalidSettingsError) {
    terminal.errorLine(error.message);
    return EXIT_USAGE;
  }
  terminal.errorLine(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT_FAILED;
}
