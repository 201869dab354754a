import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { stackOf } from '../errors.js';

const CHECK_LIMIT_MILLISECONDS = 5000;

/**
 * Adds to a syntax error in an ES module where it is. Node knows, but tells it only when the error ends the
 * process; so the file is given once more to a process that does nothing but check it.
 *
 * @param lastLoadedFile the file that Node read last: it compiles each as soon as it has read it.
 */
export async function locateSyntaxError(error: unknown, lastLoadedFile: string | undefined): Promise<void> {
  if (!(error instanceof SyntaxError) || lastLoadedFile === undefined) return;
  if (!error.stack?.includes('compileSourceTextModule')) return;
  error.stack = `${await readExcerpt(lastLoadedFile)}\n${error.stack}`;
}

/** @returns the file, the line, and the line's text with a mark; the file alone where that can't be had. */
async function readExcerpt(file: string): Promise<string> {
  const check = promisify(execFile)(process.execPath, ['--check', file], {
    timeout: CHECK_LIMIT_MILLISECONDS,
  });
  const stderr = await check.then(
    () => '',
    (failure: { stderr?: string }) => failure.stderr ?? '',
  );
  const end = stderr.indexOf('\nSyntaxError');
  return end < 0 ? file : stderr.slice(0, end).trimEnd();
}

/**
 * Finds the place in the app that an error points at first.
 *
 * @param directory the app's folder.
 * @returns a path relative to it and a line, as `src/app.js:7`; undefined when the stack names none.
 */
export function locationIn(directory: string, error: unknown): string | undefined {
  const escaped = directory.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const match = new RegExp(`${escaped}[\\\\/]([^\\s:()]+:\\d+)`).exec(stackOf(error));
  return match?.[1];
}
