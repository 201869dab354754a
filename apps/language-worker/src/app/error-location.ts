import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { stackOf } from '../errors.js';

const CHECK_LIMIT_MILLISECONDS = 5000;

/**
 * Adds to a syntax error in an ES module where it is. Node knows, but tells it only when the error ends the
 * process; so the files in question are given once more to a process that does nothing but check them.
 *
 * @param files those that were imported last, the latest first.
 */
export async function locateSyntaxError(error: unknown, files: readonly string[]): Promise<void> {
  if (!(error instanceof SyntaxError) || !isFromModule(error)) return;
  for (const file of files) {
    const excerpt = await readExcerpt(file);
    if (excerpt === undefined) continue;
    error.stack = `${excerpt}\n${error.stack}`;
    return;
  }
}

function isFromModule(error: SyntaxError): boolean {
  return /^\s+at .*(compileSourceTextModule|new ModuleWrap|moduleStrategy)/m.test(error.stack ?? '');
}

/** @returns the file, the line, and the line's text with a mark; undefined where the file is well. */
async function readExcerpt(file: string): Promise<string | undefined> {
  const check = promisify(execFile)(process.execPath, ['--check', file], {
    timeout: CHECK_LIMIT_MILLISECONDS,
  });
  const stderr = await check.then(
    () => '',
    (failure: { stderr?: string }) => failure.stderr ?? '',
  );
  const end = stderr.indexOf('\nSyntaxError');
  return end < 0 ? undefined : stderr.slice(0, end).trimEnd();
}

/**
 * Finds the first place in the app's own code that an error points at.
 *
 * @param directory the app's folder.
 * @returns a path relative to it and a line, as `src/app.js:7`; undefined when the stack names none.
 */
export function locationIn(directory: string, error: unknown): string | undefined {
  const escaped = directory.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const places = stackOf(error).matchAll(new RegExp(`${escaped}[\\\\/]([^\\s:()]+:\\d+)`, 'g'));
  for (const [, place] of places) if (!/(^|[\\/])node_modules[\\/]/.test(place!)) return place;
  return undefined;
}
