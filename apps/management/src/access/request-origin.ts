/** The little of a request that says where it comes from. */
export interface RequestOrigin {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const READING_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Whether a page of another site has a visitor's browser send this. Such a request may carry the visitor's stored Basic
 * password, or reach a Nightjar that listens on the visitor's own machine without one; so it must change nothing.
 */
export function isForeignBrowserWrite({ method, headers }: RequestOrigin): boolean {
  if (READING_METHODS.includes(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return true;
  const origin = headers['origin'];
  return typeof origin === 'string' && hostOfOrigin(origin) !== headers['host'];
}

/**
 * Whether the request names this machine as its host. Without a key, only such requests are served: a page whose domain was
 * made to resolve to 127.0.0.1 ("DNS rebinding") is of the same origin to the browser, but its Host header gives it away.
 */
export function namesThisMachine({ headers }: RequestOrigin): boolean {
  const host = headers['host'];
  if (typeof host !== 'string') return false;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Null for "null", the origin of sandboxed pages and files: it is nobody's own. */
function hostOfOrigin(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
