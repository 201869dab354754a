import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';

/** What happens to a request: `swallowAnswer` carries it out and breaks the connection instead of answering. */
export type Treatment = 'pass' | 'refuse' | 'hang' | 'swallowAnswer';

const ENGINE_SOCKET = '/var/run/docker.sock';

/** Stands between a runtime and the real engine, and makes the engine misbehave. */
export class EngineProxy {
  treat: (request: string) => Treatment = () => 'pass';
  private constructor(
    private readonly server: Server,
    private readonly folder: string,
  ) {}

  static async start(): Promise<EngineProxy> {
    const folder = await makeTempFolder('engine');
    const server = createServer();
    const proxy = new EngineProxy(server, folder);
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) =>
      proxy.handle(incoming, answer),
    );
    server.listen(join(folder, 'docker.sock'));
    await once(server, 'listening');
    return proxy;
  }

  get address(): string {
    return `unix://${join(this.folder, 'docker.sock')}`;
  }

  /** Everything that is under way breaks, such as waiting for a container's end. */
  breakConnections(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.breakConnections();
    this.server.close();
    await delay(10);
    await removeFolder(this.folder);
  }

  private handle(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = 'GET', url = '/' } = incoming;
    const treatment = this.treat(`${method} ${url}`);
    if (treatment === 'hang') return;
    if (treatment === 'refuse') return void answer.destroy();
    const outgoing = request({
      socketPath: ENGINE_SOCKET,
      method,
      path: url,
      headers: incoming.headers,
      agent: false,
    });
    outgoing.on('response', (response) => {
      if (treatment === 'swallowAnswer') return void answer.destroy();
      answer.writeHead(response.statusCode ?? 500, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}
