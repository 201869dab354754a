import type { HttpCookie } from '#shared/domain/invocation.js';

type Attributes = { -readonly [Name in keyof HttpCookie]?: HttpCookie[Name] };
type AttributeReader = (cookie: Attributes, value: string) => void;

/** The attributes of RFC 6265 and SameSite; others are passed over, as browsers do. */
const ATTRIBUTES: ReadonlyMap<string, AttributeReader> = new Map<string, AttributeReader>([
  ['domain', (cookie, value) => (cookie.domain = value)],
  ['path', (cookie, value) => (cookie.path = value)],
  ['secure', (cookie) => (cookie.secure = true)],
  ['httponly', (cookie) => (cookie.httpOnly = true)],
  ['max-age', readMaxAge],
  ['expires', readExpires],
  ['samesite', (cookie, value) => (cookie.sameSite = SAME_SITE.get(value.toLowerCase()))],
]);

const SAME_SITE: ReadonlyMap<string, HttpCookie['sameSite']> = new Map([
  ['lax', 'Lax'],
  ['strict', 'Strict'],
  ['none', 'None'],
]);

function readMaxAge(cookie: Attributes, value: string): void {
  if (/^-?\d+$/.test(value)) cookie.maxAgeSeconds = Number(value);
}

function readExpires(cookie: Attributes, value: string): void {
  const milliseconds = Date.parse(value);
  if (!Number.isNaN(milliseconds)) cookie.expiresAt = milliseconds;
}

/** @returns the cookie that a `Set-Cookie` header describes. */
export function parseSetCookie(header: string): HttpCookie {
  const [pair = '', ...attributes] = header.split(';');
  const [name, value] = splitAtEquals(pair);
  const cookie: Attributes = {};
  for (const attribute of attributes) {
    const [attributeName, attributeValue] = splitAtEquals(attribute);
    ATTRIBUTES.get(attributeName.toLowerCase())?.(cookie, attributeValue);
  }
  return { ...cookie, name, value: decode(value) };
}

function splitAtEquals(text: string): [name: string, value: string] {
  const index = text.indexOf('=');
  if (index < 0) return [text.trim(), ''];
  return [text.slice(0, index).trim(), text.slice(index + 1).trim()];
}

/** The library percent-encodes values; management, which writes the header anew, does so itself. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
