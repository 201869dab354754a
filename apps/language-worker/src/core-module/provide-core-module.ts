import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CoreApi } from './core-api.js';

const MODULE_NAME = '@azure/functions-core';
const MODULE_URL = 'nightjar:functions-core';
/** Where the module's source finds the API: it is text that Node compiles, and shares no variable with us. */
const API_KEY = Symbol.for('nightjar.functions-core');

/**
 * The module's source. CommonJS, so that it can be required and imported; each export is written out,
 * because Node finds the names that can be imported by reading the text.
 */
const SOURCE = `
const core = globalThis[Symbol.for('nightjar.functions-core')];
exports.version = core.version;
Object.defineProperty(exports, 'hostVersion', { enumerable: true, get: function () { return core.hostVersion; } });
exports.Disposable = core.Disposable;
exports.registerFunction = core.registerFunction;
exports.registerHook = core.registerHook;
exports.setProgrammingModel = core.setProgrammingModel;
exports.getProgrammingModel = core.getProgrammingModel;
exports.log = core.log;
`;

/**
 * Makes `@azure/functions-core` a module of this process, for `require` and for `import`.
 *
 * @param generation how many apps were loaded here. From the second on, imported files get a new URL each
 *   time, because Node never forgets an ES module.
 * @returns answers the file that Node read last for a module.
 */
export function provideCoreModule(api: CoreApi, generation: () => number): () => string | undefined {
  let lastLoadedUrl = '';
  Object.defineProperty(globalThis, API_KEY, { value: api });
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === MODULE_NAME) return { url: MODULE_URL, format: 'commonjs', shortCircuit: true };
      const resolved = nextResolve(specifier, context);
      const isFreshImport = generation() > 1 && context.conditions.includes('import');
      if (!isFreshImport || !resolved.url.startsWith('file:')) return resolved;
      const url = new URL(resolved.url);
      url.searchParams.set('reload', String(generation()));
      return { ...resolved, url: url.href };
    },
    load(url, context, nextLoad) {
      if (url === MODULE_URL) return { format: 'commonjs', source: SOURCE, shortCircuit: true };
      lastLoadedUrl = url;
      return nextLoad(url, context);
    },
  });
  return () => (lastLoadedUrl.startsWith('file:') ? fileURLToPath(lastLoadedUrl) : undefined);
}
