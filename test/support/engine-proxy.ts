import {
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeTempFolder, removeFolder } from './temp-folder.js';

/**
 * What happens to a request. `refuse`: the connection breaks. `hang`: no answer ever comes. `swallowAnswer`: it is carried out, and the
 * connection breaks instead of an answer. A number: it is passed on after so many milliseconds.
 */
export type Treatment = 'pass' | 'refuse' | 'hang' | 'swallowAnswer' | number;

const ENGINE_SOCKET = '/var/run/docker.sock';

/** Stands between a worker and the real engine, and makes the engine misbehave. Leaves nothing open when it is stopped. */
export class EngineProxy {
  treat: (request: string) => Treatment = () => 'pass';
  /** What was asked for, such as `POST /containers/create?name=x`. */
  readonly requests: string[] = [];
  readonly #outgoing = new Set<ClientRequest>();
  readonly #timers = new Set<NodeJS.Timeout>();

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
    for (const timer of this.#timers) clearTimeout(timer);
    const closed = once(this.server, 'close');
    this.server.close();
    this.breakConnections();
    for (const outgoing of this.#outgoing) outgoing.destroy();
    await closed;
    await removeFolder(this.folder);
  }

  private handle(incoming: IncomingMessage, answer: ServerResponse): void {
    const asked = `${incoming.method ?? 'GET'} ${incoming.url ?? '/'}`;
    this.requests.push(asked);
    const treatment = this.treat(asked);
    if (treatment === 'hang') return;
    if (treatment === 'refuse') return void answer.destroy();
    if (typeof treatment === 'number') return this.later(treatment, () => this.pass(incoming, answer, false));
    this.pass(incoming, answer, treatment === 'swallowAnswer');
  }

  private later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  private pass(incoming: IncomingMessage, answer: ServerResponse, swallows: boolean): void {
    const { method, url: path, headers } = incoming;
    const outgoing = request({ socketPath: ENGINE_SOCKET, method, path, headers, agent: false });
    this.#outgoing.add(outgoing);
    outgoing.on('close', () => this.#outgoing.delete(outgoing));
    outgoing.on('response', (response) => {
      if (swallows) return void answer.destroy();
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
