/** Belong to one connection and not to the message (RFC 9110, 7.6.1): whoever passes a message on leaves them out. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A header; a name may come several times. */
export type HttpHeader = readonly [name: string, value: string];

/** The headers that are passed on: not those of the connection, nor those that its `Connection` header names. */
export function endToEndHeaders(headers: readonly HttpHeader[]): HttpHeader[] {
  const named = new Set(
    headers.flatMap(([name, value]) => (name.toLowerCase() === 'connection' ? listOf(value) : [])),
  );
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !named.has(lower);
  });
}

/** Names and values in turn, as Node has a message's headers raw, as pairs. */
export function headerPairs(raw: readonly string[]): HttpHeader[] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    raw[2 * index] as string,
    raw[2 * index + 1] as string,
  ]);
}

function listOf(value: string): string[] {
  return value.split(',').map((name) => name.trim().toLowerCase());
}
