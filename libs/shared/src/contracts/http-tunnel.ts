/**
 * HTTP tunnels: how a worker reaches the HTTP server of a language worker (`HttpUri`), which listens within the container only.
 *
 * A **relay** inside the container's network connects outwards, to the very port on which the worker takes FunctionRpc, says in
 * one line whose it is, and waits. What the worker then sends is spliced to the server: plain HTTP/1.1, one exchange a tunnel.
 */

/** How the worker tells a tunnel from a gRPC stream, which begins with HTTP/2's "PRI *". */
export const TUNNEL_GREETING = 'NIGHTJAR-TUNNEL ';

/** The greeting with the token and the line's end. */
export const GREETING_BYTES_MAX = 256;

/** A language worker that has a relay of its own says so by this capability: nobody needs to start one beside it. */
export const RELAY_CAPABILITY = 'NightjarHttpRelay';

/** Where a language worker that streams HTTP says that it listens. */
export const HTTP_URI_CAPABILITY = 'HttpUri';

/** The line that a tunnel opens with. */
export function greetingOf(token: string): string {
  return `${TUNNEL_GREETING}${token}\n`;
}
