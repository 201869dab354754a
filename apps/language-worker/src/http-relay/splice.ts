import { connect, type Socket } from 'node:net';

/** `localhost`, by address: a container may have no name service. The second is for servers that listen on IPv6 only. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;

/** Connects a tunnel with the server at a local port until both have said all, or one breaks: then the other does too. */
export function spliceToServer(tunnel: Socket, port: number): void {
  connectAny(port, LOOPBACK, (server) => {
    if (server === undefined || tunnel.destroyed) {
      tunnel.destroy();
      server?.destroy();
      return;
    }
    // Each end that comes in order is passed on by the pipe; a close without one is a break.
    tunnel.pipe(server);
    server.pipe(tunnel);
    tunnel.once('close', () => server.destroy());
    server.once('close', () => {
      if (server.readableEnded) tunnel.end();
      else tunnel.destroy();
    });
  });
}

/** Calls back with undefined when nothing listens at any of the addresses. */
function connectAny(
  port: number,
  [host, ...others]: readonly string[],
  done: (server: Socket | undefined) => void,
): void {
  if (host === undefined) return done(undefined);
  const server = connect({ host, port, noDelay: true, allowHalfOpen: true });
  const tryNext = (): void => connectAny(port, others, done);
  server.once('error', tryNext);
  server.once('connect', () => {
    server.off('error', tryNext);
    // It shows in "close".
    server.on('error', () => {});
    done(server);
  });
}
