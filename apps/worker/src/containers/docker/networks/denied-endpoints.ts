import type { DeniedTarget } from '../filter/bridge-filter.js';
import type { Lookup } from './lookup.js';

/** A service of Nightjar's own: no container may reach it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The port that a URL means when it names none. */
const USUAL_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'redis:': 6379,
  'rediss:': 6379,
  'mssql:': 1433,
  'tcp:': 2375,
};

/** The service behind a URL of the worker's own settings; undefined for a file, a socket or a pipe. */
export function endpointOf(url: string | undefined): Endpoint | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  const usual = USUAL_PORTS[protocol];
  if (usual === undefined || hostname === '') return undefined;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) };
}

/**
 * Where those services are now. What can't be looked up stays where it was known to be.
 * @param before by host, what earlier look-ups found; kept up to date
 */
export async function deniedEndpoints(
  endpoints: readonly Endpoint[],
  lookup: Lookup,
  before: Map<string, readonly string[]>,
): Promise<readonly DeniedTarget[]> {
  const denied = await Promise.all(
    endpoints.map(async ({ host, port }) => {
      const addresses = await lookup(host).catch(() => before.get(host) ?? []);
      before.set(host, addresses);
      return addresses.map((address) => ({ range: `${address}/32`, port }));
    }),
  );
  return denied.flat();
}
