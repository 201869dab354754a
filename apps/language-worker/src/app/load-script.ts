import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What Node says when a file that looked like CommonJS must be imported. */
const MUST_IMPORT = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE']);

/**
 * Loads one of the app's files, as CommonJS or as an ES module.
 *
 * @param file absolute path.
 * @returns what it exports.
 * @throws whatever the file throws, or Node when it can't be loaded.
 */
export async function loadScript(file: string): Promise<unknown> {
  if (isEsModule(file)) return importFile(file);
  try {
    return createRequire(file)(file);
  } catch (error) {
    // Node sees by the syntax that a file is an ES module, but can't `require` one that awaits at its top.
    if (MUST_IMPORT.has((error as NodeJS.ErrnoException)?.code ?? '')) return importFile(file);
    throw error;
  }
}

function importFile(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}

/** By the extension, else by the `type` in the nearest package.json. */
function isEsModule(file: string): boolean {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  const packageFile = findPackageJSON(pathToFileURL(file));
  // Where there is none up to the root, some versions of Node give the path that they were asked about.
  if (packageFile === undefined || basename(packageFile) !== 'package.json') return false;
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { type?: unknown }).type === 'module';
}
