import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError, messageOf } from '../errors.js';

/** What the worker reads in an app's `package.json`. */
export interface PackageJson {
  /** The entry point: a file, or a pattern for several. */
  readonly main?: string | undefined;
}

/**
 * @returns undefined when the app has none.
 * @throws SystemError when it is no JSON object.
 */
export async function readPackageJson(directory: string): Promise<PackageJson | undefined> {
  const text = await readFileIfThere(join(directory, 'package.json'));
  return text === undefined ? undefined : parsePackageJson(text);
}

/** @throws SystemError when the text is no JSON object. Settings of another type than expected are passed over. */
export function parsePackageJson(text: string): PackageJson {
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new SystemError('package.json holds no JSON object.');
  }
  const { main } = parsed as { main?: unknown };
  return { main: typeof main === 'string' && main !== '' ? main : undefined };
}

function parseJson(text: string): unknown {
  try {
    // Editors on Windows may begin the file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SystemError(`package.json is not valid JSON: ${messageOf(error)}`);
  }
}

async function readFileIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
