import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a read goes through: `break` sends so many bytes and then cuts the connection. */
export type Fault =
  { readonly status: number } | { readonly breakAfterBytes: number } | 'flipByte' | 'wrongRange';

const WORKER_KEY = 'a key for workers';

/** Management's routes for files, over files in memory, with faults on order. */
export class ManagementFiles {
  readonly workerKey = WORKER_KEY;
  /** Requests so far, as `URL` and `GET`. */
  readonly requests: string[] = [];
  /** The next reads' faults, one each; then all goes well. */
  readonly faults: Fault[] = [];
  urlLifetimeMs = 60_000;
  /** How wrong this worker's clock is, seen from management. */
  clockOffsetMs = 0;
  readonly #files = new Map<string, Buffer>();
  readonly #validTokens = new Set<string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ManagementFiles> {
    const server = createServer();
    const files = new ManagementFiles(server);
    server.on(
      'request',
      (request: IncomingMessage, answer: ServerResponse) => void files.#handle(request, answer),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return files;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Returns the digest. */
  add(content: Buffer): string {
    const digest = createHash('sha256').update(content).digest('hex');
    this.#files.set(digest, content);
    return digest;
  }

  /** All URLs that were given out so far are refused from now on. */
  expireUrls(): void {
    this.#validTokens.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (request.method === 'POST') return this.#giveUrl(request, answer);
    this.requests.push('GET');
    const url = new URL(request.url ?? '/', this.url);
    const content = this.#files.get(url.pathname.slice(1));
    const isValid = this.#validTokens.has(url.searchParams.get('token') ?? '');
    if (!content || !isValid) return void answer.writeHead(isValid ? 404 : 403).end();
    this.#send(answer, content, request.headers.range, this.faults.shift());
  }

  async #giveUrl(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.requests.push('URL');
    const { digest } = JSON.parse(await text(request)) as { digest: string };
    if (request.headers.authorization !== `Bearer ${WORKER_KEY}`) return void answer.writeHead(401).end();
    if (!this.#files.has(digest)) return void answer.writeHead(404).end();
    const token = randomBytes(8).toString('hex');
    this.#validTokens.add(token);
    const now = Date.now() + this.clockOffsetMs;
    answer.writeHead(200, { date: new Date(now).toUTCString(), 'content-type': 'application/json' });
    answer.end(JSON.stringify({ url: `/${digest}?token=${token}`, expiresAt: now + this.urlLifetimeMs }));
  }

  #send(
    answer: ServerResponse,
    content: Buffer,
    rangeHeader: string | undefined,
    fault: Fault | undefined,
  ): void {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(rangeHeader ?? '') ?? [];
    const start = Number(first ?? 0) + (fault === 'wrongRange' ? 1 : 0);
    const body = Buffer.from(content.subarray(start, last === undefined ? undefined : Number(last) + 1));
    if (fault === 'flipByte') body[0] = (body[0] ?? 0) ^ 1;
    if (typeof fault === 'object' && 'status' in fault) return void answer.writeHead(fault.status).end();
    const range = { 'content-range': `bytes ${start}-${start + body.length - 1}/${content.length}` };
    answer.writeHead(first === undefined ? 200 : 206, {
      'content-length': body.length,
      ...(first ? range : {}),
    });
    if (typeof fault !== 'object') return void answer.end(body);
    answer.write(body.subarray(0, fault.breakAfterBytes), () => answer.destroy());
  }
}
