import type { IncomingHttpHeaders } from 'node:http';

/**
 * The origin that the client addressed (`https://host:port`), or null when its Host header is none.
 * @param trustForwarded whether a proxy stands in front that sets x-forwarded-proto and x-forwarded-host itself
 */
export function publicOrigin(headers: IncomingHttpHeaders, trustForwarded: boolean): string | null {
  const forwardedHost = trustForwarded ? firstOf(headers['x-forwarded-host']) : undefined;
  const forwardedProtocol = trustForwarded ? firstOf(headers['x-forwarded-proto']) : undefined;
  const host = forwardedHost ?? headers.host ?? 'localhost';
  const protocol = forwardedProtocol === 'https' ? 'https' : 'http';
  return /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(host) ? `${protocol}://${host}` : null;
}

function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  return text?.split(',', 1)[0]?.trim();
}
