import { createServer } from 'node:net';

/**
 * @param {number} port 0 for any
 * @param {string} [host]
 * @returns {Promise<number | undefined>} the port when it can be listened on now, else undefined
 */
export function portIfFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(found));
    });
  });
}

/** @returns {Promise<number>} a port that nobody listens on now */
export async function anyFreePort() {
  const port = await portIfFree(0);
  if (port === undefined) throw new Error('No free port on 127.0.0.1');
  return port;
}
