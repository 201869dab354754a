import type { FastifyInstance } from 'fastify';

const SWEEP_MS = 100;

/**
 * While the server closes, ends connections as soon as they are idle. Node ends those that are idle at that moment; one that
 * still waits for its answer would be kept alive afterwards, and the stop with it, until its client lets go.
 */
export function closeIdleConnectionsOnStop(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    const sweep = setInterval(() => fastify.server.closeIdleConnections(), SWEEP_MS);
    fastify.server.once('close', () => clearInterval(sweep));
    if (!fastify.server.listening) clearInterval(sweep);
    done();
  });
}
