import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A stretch of network between a program and a service on this machine, which a test can cut: then nothing passes any more, and
 * neither side is told.
 */
export class TcpLink {
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly servicePort: number,
  ) {
    server.on('connection', (socket) => this.#join(socket));
  }

  static async to(servicePort: number): Promise<TcpLink> {
    const link = new TcpLink(createServer(), servicePort);
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    return link;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** What was on its way is lost: the connections end, and new ones come through. */
  heal(): void {
    this.#isCut = false;
    this.#end();
  }

  async close(): Promise<void> {
    this.server.close();
    this.#end();
    await once(this.server, 'close');
  }

  #join(near: Socket): void {
    this.#keep(near);
    if (this.#isCut) return void near.pause();
    const far = connect(this.servicePort, '127.0.0.1');
    this.#keep(far);
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
