import { connect, type Socket } from 'node:net';
import { greetingOf } from '#shared/contracts/http-tunnel.js';

/** Where tunnels lead to, and whose they are. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
  /** The container's one-time token. */
  readonly token: string;
}

/** TCP asks a silent worker after this long, and notices by itself when its machine is gone. */
const KEEP_ALIVE_MILLISECONDS = 30_000;

/** What became of an idle tunnel. */
export interface TunnelEnd {
  /** With the first bytes of a request in it; undefined when the tunnel ended unused. */
  readonly used: Socket | undefined;
  /** For how long it was connected. */
  readonly stoodMilliseconds: number;
}

/** Opens a tunnel to the worker and waits until the worker uses it, or it ends. */
export function openTunnel(target: TunnelTarget, signal: AbortSignal): Promise<TunnelEnd> {
  const { host, port, token } = target;
  // Half-open: a side that has said all may still listen.
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
  socket.setKeepAlive(true, KEEP_ALIVE_MILLISECONDS);
  socket.write(greetingOf(token));
  return new Promise((resolve) => {
    let connectedAt = Infinity;
    socket.once('connect', () => (connectedAt = performance.now()));
    const settle = (used: boolean): void => {
      signal.removeEventListener('abort', giveUp);
      socket.removeAllListeners();
      // What fails from here on shows in "close".
      socket.on('error', () => {});
      if (!used) socket.destroy();
      const stoodMilliseconds = Math.max(0, performance.now() - connectedAt);
      resolve({ used: used ? socket : undefined, stoodMilliseconds });
    };
    const giveUp = (): void => settle(false);
    signal.addEventListener('abort', giveUp);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      settle(true);
    });
    for (const event of ['end', 'close', 'error']) socket.once(event, giveUp);
    if (signal.aborted) giveUp();
  });
}
