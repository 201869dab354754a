import type { DockerOptions } from 'dockerode';

/** What TLS with an engine needs: PEM texts. Without a CA the usual authorities are trusted. */
export interface EngineTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

const USUAL_SOCKET = '/var/run/docker.sock';
const USUAL_PIPE = '//./pipe/docker_engine';
const USUAL_PORT = { http: '2375', https: '2376' };

/**
 * The engine's address in dockerode's words. Every field is given, undefined ones too:
 * dockerode fills what is missing from DOCKER_HOST, and settings come from one place only.
 * Throws `TypeError` for an address that it does not understand.
 */
export function engineOptions(
  address: string | undefined,
  platform: NodeJS.Platform,
  tls?: EngineTls,
): DockerOptions {
  const byNetwork = { host: undefined, port: undefined, ca: undefined, cert: undefined, key: undefined };
  const bySocket = (socketPath: string): DockerOptions => ({ ...byNetwork, protocol: 'http', socketPath });
  if (address === undefined) return bySocket(platform === 'win32' ? USUAL_PIPE : USUAL_SOCKET);
  if (address.startsWith('unix://')) return bySocket(address.slice('unix://'.length));
  if (address.startsWith('npipe://')) return bySocket(address.slice('npipe://'.length));
  const { hostname, port } = networkAddress(address);
  const protocol = tls === undefined ? 'http' : 'https';
  return {
    ...byNetwork,
    ...tls,
    protocol,
    socketPath: undefined,
    host: hostname,
    port: port || USUAL_PORT[protocol],
  };
}

function networkAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'tcp:' && url.hostname) return url;
  throw new TypeError(`The engine's address must be unix://, npipe:// or tcp://host:port, not "${address}".`);
}
