import type { CoreCookie } from '../core-module/core-types.js';

type AttributeReader = (cookie: CoreCookie, value: string) => void;

/** The attributes of RFC 6265 and SameSite; others are passed over, as browsers do. */
const ATTRIBUTES: ReadonlyMap<string, AttributeReader> = new Map<string, AttributeReader>([
  ['domain', (cookie, value) => (cookie.domain = { value })],
  ['path', (cookie, value) => (cookie.path = { value })],
  ['secure', (cookie) => (cookie.secure = { value: true })],
  ['httponly', (cookie) => (cookie.httpOnly = { value: true })],
  ['max-age', readMaxAge],
  ['expires', readExpires],
  ['samesite', readSameSite],
]);

function readMaxAge(cookie: CoreCookie, value: string): void {
  if (/^-?\d+$/.test(value)) cookie.maxAge = { value: Number(value) };
}

function readExpires(cookie: CoreCookie, value: string): void {
  const milliseconds = Date.parse(value);
  if (!Number.isNaN(milliseconds)) cookie.expires = { value: { seconds: Math.floor(milliseconds / 1000) } };
}

/** To the protocol "none" is a cookie that says nothing of it. */
function readSameSite(cookie: CoreCookie, value: string): void {
  const name = value.toLowerCase();
  cookie.sameSite = name === 'none' ? 'explicitNone' : name;
}

/** @returns the cookie that a `Set-Cookie` header describes. */
export function parseSetCookie(header: string): CoreCookie {
  const [pair = '', ...attributes] = header.split(';');
  const [name, value] = splitAtEquals(pair);
  const cookie: CoreCookie = { name, value: decode(value) };
  for (const attribute of attributes) {
    const [attributeName, attributeValue] = splitAtEquals(attribute);
    ATTRIBUTES.get(attributeName.toLowerCase())?.(cookie, attributeValue);
  }
  return cookie;
}

function splitAtEquals(text: string): [name: string, value: string] {
  const index = text.indexOf('=');
  if (index < 0) return [text.trim(), ''];
  return [text.slice(0, index).trim(), text.slice(index + 1).trim()];
}

/** The library percent-encodes values; the host, which writes the header anew, does so itself. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
