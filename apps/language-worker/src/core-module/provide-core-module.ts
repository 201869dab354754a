import Module, { registerHooks } from 'node:module';
import type { CoreApi } from './core-api.js';
import type { ImportTrail } from './import-trail.js';

const MODULE_NAME = '@azure/functions-core';
/** Where the module's source finds the API: it is text that Node compiles, and shares no variable with us. */
const API_KEY = 'nightjar.functions-core';

/** The source of the module for who imports it. What an ES module exports must be written out name by name. */
function moduleSource(api: CoreApi): string {
  // A getter: its value is known only once a host has said hello, and apps are loaded after that.
  const names = Object.keys(api).join(', ');
  return `const api = globalThis[Symbol.for('${API_KEY}')]; export const { ${names} } = api; export default api;`;
}

/**
 * Makes `@azure/functions-core` a module of this process, for `require` and for `import`.
 *
 * Two ways, because neither serves both: a hook that loads the module for `require` would in Node 22 make
 * the `require` of CommonJS modules that were imported pass by all hooks.
 *
 * @param generation how many apps were loaded here. From the second on, imported files get a new URL each
 *   time, because Node never forgets an ES module.
 */
export function provideCoreModule(api: CoreApi, generation: () => number, trail: ImportTrail): void {
  Object.defineProperty(globalThis, Symbol.for(API_KEY), { value: api });
  provideToRequire(api);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!isImport(context.conditions)) return nextResolve(specifier, context);
      if (specifier === MODULE_NAME)
        return { url: toDataUrl(moduleSource(api)), format: 'module', shortCircuit: true };
      const resolved = nextResolve(specifier, context);
      if (!resolved.url.startsWith('file:')) return resolved;
      trail.add(resolved.url);
      return generation() > 1 ? { ...resolved, url: withGeneration(resolved.url, generation()) } : resolved;
    },
  });
}

function provideToRequire(api: CoreApi): void {
  const prototype = Module.prototype as { require: (this: Module, id: string) => unknown };
  const requireOthers = prototype.require;
  prototype.require = function (id) {
    return id === MODULE_NAME ? api : requireOthers.call(this, id);
  };
}

/** A set in some versions of Node, a list in others. */
function isImport(conditions: Iterable<string>): boolean {
  return [...conditions].includes('import');
}

function toDataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

function withGeneration(address: string, generation: number): string {
  const url = new URL(address);
  url.searchParams.set('reload', String(generation));
  return url.href;
}
