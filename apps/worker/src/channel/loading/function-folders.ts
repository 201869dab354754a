import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import {
  functionNameProblem,
  parseFunctionJson,
  type FunctionJson,
} from '#shared/contracts/function-json.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import { choosePrimaryScript } from './primary-script.js';

/** What a package's folders with a `function.json` hold (programming model v3). */
export interface FolderFunctions {
  readonly functions: readonly FunctionDefinition[];
  /** A sentence each. */
  readonly problems: readonly string[];
}

const FUNCTION_JSON = 'function.json';

/** Reads the `function.json` of each folder at the top of a package. */
export async function readFunctionFolders(packageFolder: string): Promise<FolderFunctions> {
  const entries = await readdir(packageFolder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const found = await Promise.all(folders.sort().map((folder) => readFolder(packageFolder, folder)));
  return {
    functions: found.flatMap((result) => (result && 'definition' in result ? [result.definition] : [])),
    problems: found.flatMap((result) => (result && 'problems' in result ? result.problems : [])),
  };
}

type FolderResult = { readonly definition: FunctionDefinition } | { readonly problems: readonly string[] };

/** Undefined: the folder is no function. */
async function readFolder(packageFolder: string, folder: string): Promise<FolderResult | undefined> {
  const file = `${folder}/${FUNCTION_JSON}`;
  const text = await readIfThere(join(packageFolder, folder, FUNCTION_JSON));
  if (text === undefined) return undefined;
  const nameProblem = functionNameProblem(folder);
  if (nameProblem !== null)
    return { problems: [`${file}: the folder is called "${folder}", but ${nameProblem}.`] };
  try {
    const json = parseFunctionJson(file, text);
    const scriptFile = await findScript(packageFolder, folder, json);
    return { definition: definitionOf(folder, json, scriptFile) };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { problems: [error.message, ...error.details] };
  }
}

function definitionOf(name: string, json: FunctionJson, scriptFile: string): FunctionDefinition {
  const { bindings, entryPoint, retry, disabled } = json;
  return { name, programmingModel: 'v3', bindings, scriptFile, entryPoint, retry, disabled };
}

/** The script relative to the package, with forward slashes. Throws `InvalidInputError`. */
async function findScript(packageFolder: string, folder: string, json: FunctionJson): Promise<string> {
  const file = `${folder}/${FUNCTION_JSON}`;
  const entries = await readdir(join(packageFolder, folder), { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const chosen = choosePrimaryScript(
    files.filter((name) => name !== FUNCTION_JSON),
    json.scriptFile,
  );
  if ('problem' in chosen) throw new InvalidInputError(`${file} ${chosen.problem}.`);
  const script = posix.normalize(posix.join(folder, chosen.script.replaceAll('\\', '/')));
  if (script.startsWith('../')) {
    throw new InvalidInputError(`${file}: scriptFile leads out of the package ("${chosen.script}").`);
  }
  const stats = await stat(join(packageFolder, script)).catch(() => undefined);
  if (stats?.isFile()) return script;
  throw new InvalidInputError(
    `${file}: scriptFile "${chosen.script}" is not a file in the package (${script}).`,
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw error;
  }
}
