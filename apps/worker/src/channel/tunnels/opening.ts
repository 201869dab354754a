import { GREETING_BYTES_MAX, TUNNEL_GREETING } from '#shared/contracts/http-tunnel.js';

/** What a new connection turns out to be by its first bytes. */
export type Opening =
  /** Not enough has come yet. */
  | { readonly kind: 'undecided' }
  /** HTTP/2, that is gRPC. */
  | { readonly kind: 'http2' }
  | { readonly kind: 'tunnel'; readonly token: string; readonly restAt: number }
  | { readonly kind: 'unknown' };

/** How every HTTP/2 connection begins (RFC 9113, 3.4). */
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n';
const LINE_END = 0x0a;

/** @param bytes all that has come so far */
export function openingOf(bytes: Buffer): Opening {
  const text = bytes.toString('latin1', 0, HTTP2_PREFACE.length);
  if (text.startsWith(HTTP2_PREFACE)) return { kind: 'http2' };
  if (HTTP2_PREFACE.startsWith(text)) return { kind: 'undecided' };
  if (!agree(text, TUNNEL_GREETING)) return { kind: 'unknown' };
  const end = bytes.indexOf(LINE_END);
  if (end < 0) return { kind: bytes.length < GREETING_BYTES_MAX ? 'undecided' : 'unknown' };
  const token = bytes.toString('latin1', TUNNEL_GREETING.length, end);
  return { kind: 'tunnel', token, restAt: end + 1 };
}

/** As far as both go. */
function agree(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length) === other.slice(0, length);
}
