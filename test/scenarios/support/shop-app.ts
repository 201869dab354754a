import type { AppFiles } from '../../support/app-files.js';

/** An app with one HTTP function, `version`, that answers which version it is of. */
export function shopApp(version: string): AppFiles {
  return {
    'host.json': JSON.stringify({ version: '2.0' }),
    'version/function.json': functionJson({ type: 'httpTrigger', authLevel: 'anonymous', name: 'req' }),
    'version/index.js': `module.exports = async (context) => { context.res = { body: '${version}' }; };`,
  };
}

/** As `shopApp`, but its code takes this long to load. */
export function slowLoadingShopApp(version: string, loadMs: number): AppFiles {
  const busy = `const until = Date.now() + ${loadMs}; while (Date.now() < until);`;
  const files = shopApp(version);
  return { ...files, 'version/index.js': `${busy}\n${String(files['version/index.js'])}` };
}

/** A function.json with this trigger, and an HTTP response where that is what is triggered. */
export function functionJson(trigger: Record<string, unknown>): string {
  const response = { type: 'http', direction: 'out', name: 'res' };
  const bindings = [
    { direction: 'in', ...trigger },
    ...(trigger['type'] === 'httpTrigger' ? [response] : []),
  ];
  return JSON.stringify({ bindings });
}
