import type { FunctionCallback } from '../core-module/core-types.js';
import { SystemError } from '../errors.js';

/**
 * Finds the function in what a v3 script exports: the export itself when that is a function; else the one
 * that `entryPoint` names; else the only export; else `run` or `index`. Called as a method, so that `this`
 * is what the script exported.
 *
 * @throws SystemError when there is none.
 */
export function resolveClassicEntryPoint(script: unknown, entryPoint: string | undefined): FunctionCallback {
  if (typeof script === 'function') return script as FunctionCallback;
  const exported = (typeof script === 'object' && script !== null ? script : {}) as Record<string, unknown>;
  const name = chooseExport(exported, entryPoint);
  const found = exported[name];
  if (typeof found === 'function') return (found as FunctionCallback).bind(exported);
  if (entryPoint) throw new SystemError(`It exports no function "${entryPoint}", which "entryPoint" names.`);
  throw new SystemError(
    'It exports no function. If it exports several, name one "run" or "index", or set "entryPoint" in function.json.',
  );
}

function chooseExport(exported: Record<string, unknown>, entryPoint: string | undefined): string {
  if (entryPoint) return entryPoint;
  const names = exportedNames(exported);
  if (names.length === 1) return names[0]!;
  return exported['run'] ? 'run' : 'index';
}

/** The names of a module; without those that Node adds for who loads it the other way. */
function exportedNames(exported: Record<string, unknown>): string[] {
  return Object.keys(exported).filter((name) => name !== 'module.exports' && name !== '__esModule');
}
