/** It was done. */
export const EXIT_DONE = 0;
/** Management refused, could not be reached, or items of the batch failed. */
export const EXIT_FAILED = 1;
/** The command line or a setting is wrong: nothing was tried. */
export const EXIT_USAGE = 2;
/** As a shell says of a program that Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

/** Thrown when what was asked for can't be right, whatever management would say (a folder without host.json, …). */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
