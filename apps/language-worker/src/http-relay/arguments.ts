import { parseArgs } from 'node:util';
import type { TunnelTarget } from './idle-tunnel.js';

/** What a relay of its own process is started with. */
export interface RelayOptions extends TunnelTarget {
  /** Where the HTTP server listens on this machine's loopback. */
  readonly serverPort: number;
}

const NAMES = ['host', 'port', 'token', 'server-port'] as const;

/** @returns a sentence when an argument is missing or wrong. */
export function parseRelayArguments(argv: readonly string[]): RelayOptions | string {
  const options = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...argv], options, strict: false });
  const missing = NAMES.find((name) => typeof values[name] !== 'string' || values[name] === '');
  if (missing !== undefined) return `Missing argument: --${missing}`;
  const given = values as Record<(typeof NAMES)[number], string>;
  const [port, serverPort] = [Number(given.port), Number(given['server-port'])];
  if (!isPort(port)) return `--port is no whole number between 1 and 65535: ${given.port}`;
  if (!isPort(serverPort))
    return `--server-port is no whole number between 1 and 65535: ${given['server-port']}`;
  return Object.freeze({ host: given.host, token: given.token, port, serverPort });
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 65_535;
}
