/** First segments that are Nightjar's own, now or by what it promises to become. */
const RESERVED_ROOTS = new Set([
  'apps',
  'internal',
  'healthz',
  'readyz',
  'metrics',
  'api-docs',
  'admin',
  'runtime',
  'portal',
]);

/** Below `/api`, where functions live as well. */
const RESERVED_BELOW_API = new Set([
  'v1',
  'zipdeploy',
  'deployments',
  'publish',
  'settings',
  'vfs',
  'logstream',
]);

/** Below `/apps/{app}/api`. */
const RESERVED_BELOW_APP_API = new Set([
  'zipdeploy',
  'deployments',
  'publish',
  'settings',
  'vfs',
  'logstream',
]);

/** Below `/apps/{app}`: the runtime's own, as in Azure. */
const RESERVED_BELOW_APP = new Set(['admin', 'runtime']);

/** Whether a path is never a function's. `/apps/{app}/…` is, but for that app's publishing and its host's own routes. */
export function isReservedPath(segments: readonly string[]): boolean {
  const [first, second, third, fourth] = segments.slice(0, 4).map((segment) => segment.toLowerCase());
  if (first === 'apps') {
    if (third === undefined || RESERVED_BELOW_APP.has(third)) return true;
    return third === 'api' && fourth !== undefined && RESERVED_BELOW_APP_API.has(fourth);
  }
  if (first === 'api') return second !== undefined && RESERVED_BELOW_API.has(second);
  return first !== undefined && RESERVED_ROOTS.has(first);
}
