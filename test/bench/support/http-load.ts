import { connect, type Socket } from 'node:net';

/**
 * Sends the same GET over keep-alive connections, one request at a time on each.
 * Made for measuring: it reads the status line and the length of a body, and takes a few microseconds of processor time a
 * request, so that on a small machine the load does not starve what it measures.
 */
export class HttpLoad {
  readonly #sockets: Socket[] = [];

  private constructor(
    private readonly target: URL,
    private readonly connections: number,
  ) {}

  static async open(url: string, connections: number): Promise<HttpLoad> {
    const load = new HttpLoad(new URL(url), connections);
    await load.#connect();
    return load;
  }

  /** Keeps all connections busy for this long; the latency of each request, milliseconds. */
  async run(seconds: number): Promise<number[]> {
    const until = performance.now() + seconds * 1000;
    const latenciesMs: number[] = [];
    await Promise.all(this.#sockets.map((socket) => this.#ask(socket, until, latenciesMs)));
    return latenciesMs;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #connect(): Promise<void> {
    for (let count = 0; count < this.connections; count += 1) {
      const socket = connect({ host: this.target.hostname, port: Number(this.target.port), noDelay: true });
      await new Promise((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      });
      this.#sockets.push(socket);
    }
  }

  #ask(socket: Socket, untilMs: number, latenciesMs: number[]): Promise<void> {
    const request = `GET ${this.target.pathname} HTTP/1.1\r\nhost: ${this.target.host}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      let received = '';
      let sentMs = 0;
      const send = (): void => {
        sentMs = performance.now();
        socket.write(request);
      };
      const end = (error?: Error): void => {
        socket.off('data', onData);
        socket.off('error', end);
        if (error) reject(error);
        else resolve();
      };
      const onData = (data: Buffer): void => {
        received += data.toString('latin1');
        const status = completeStatus(received);
        if (status === null) return;
        if (status !== 200) return end(new Error(`The function answered ${status}.`));
        received = '';
        const nowMs = performance.now();
        latenciesMs.push(nowMs - sentMs);
        if (nowMs < untilMs) send();
        else end();
      };
      socket.on('data', onData);
      socket.on('error', end);
      send();
    });
  }
}

/** The status of a response that is there as a whole; null while it is not. */
function completeStatus(text: string): number | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const length = /content-length: (\d+)/i.exec(text.slice(0, headEnd));
  if (text.length < headEnd + 4 + Number(length?.[1] ?? 0)) return null;
  return Number(text.slice(9, 12));
}
