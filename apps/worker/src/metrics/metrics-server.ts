import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '#shared/telemetry/metrics.js';

/** Gives a worker's metrics to whoever asks, in Prometheus' text format at `/metrics`. There is nothing else to be had. */
export class MetricsServer {
  #server: Server | undefined;

  constructor(private readonly metrics: Metrics) {}

  /**
   * @param port 0: any that is free
   * @returns where it listens, as a URL. Rejects when the port is taken or the host is none of this machine's.
   */
  async open(host: string, port: number): Promise<string> {
    const server = createServer((request, response) => void this.#answer(request, response));
    server.listen(port, host);
    await once(server, 'listening');
    this.#server = server;
    const address = server.address() as AddressInfo;
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${name}:${address.port}/metrics`;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' || url.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await this.metrics.render();
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  }
}
