import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';

/** The IPv4 addresses of a host name, or the address itself; rejects when there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** As this machine looks names up, its hosts file included. */
export const lookUpHere: Lookup = async (host) => {
  if (isIPv4(host)) return [host];
  const found = await lookup(host, { all: true, family: 4 });
  return [...new Set(found.map(({ address }) => address))].sort();
};
