import type { AllowedTarget } from '../domain/container-settings.js';

/** A DNS name of at least two labels, or one: letters, digits and hyphens. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/;
const TARGET = /^(.+):(\d{1,5})(?:-(\d{1,5}))?$/;

const EXAMPLES = 'write "host:port", such as "db.internal:1433", "10.1.0.0/16:443" or "10.1.2.3:8000-8100"';

/** Reads one line of an allow list, or says what is wrong with it. */
export function parseAllowedTarget(text: string): AllowedTarget | string {
  const match = TARGET.exec(text.trim());
  if (!match) return EXAMPLES;
  const [, name = '', first = '', last = first] = match;
  const host = hostOf(name.toLowerCase());
  if (host === undefined) return `"${name}" is neither a host name nor an IPv4 address or range: ${EXAMPLES}`;
  const [firstPort, lastPort] = [Number(first), Number(last)];
  if (firstPort < 1 || lastPort > 65_535 || firstPort > lastPort) {
    return `the ports "${first}${last === first ? '' : `-${last}`}" must be from 1 to 65535, the smaller first`;
  }
  return { host, firstPort, lastPort };
}

/** An address becomes a range of one, a name stays; undefined for anything else. */
function hostOf(name: string): string | undefined {
  const match = IPV4.exec(name);
  if (!match) return HOST_NAME.test(name) && !/^[\d.]+$/.test(name) ? name : undefined;
  const parts = match.slice(1, 5).map(Number);
  const bits = Number(match[5] ?? 32);
  if (parts.some((part) => part > 255) || bits > 32) return undefined;
  return `${parts.join('.')}/${bits}`;
}
