import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Listens everywhere in its network namespace, says on which port, and greets whoever comes. */
const SERVER = `
const server = require('node:net').createServer((socket) => {
  socket.on('error', () => {});
  socket.end('hello\\n');
});
server.listen(0, '0.0.0.0', () => console.log(server.address().port));
`;

/**
 * A host beyond this machine: a network namespace of its own, at the other end of a cable, where something listens. What
 * containers send there leaves the machine as what they send into the world does.
 */
export class OutsideWorld {
  private constructor(
    private readonly namespace: string,
    private readonly server: ChildProcess,
    readonly port: number,
    /** Two addresses of the same host. */
    readonly addresses: readonly [string, string],
  ) {}

  /** Needs root and iproute2. @throws {Error} which says what is missing */
  static async create(): Promise<OutsideWorld> {
    const id = randomBytes(4).toString('hex');
    const namespace = `nightjar-${id}`;
    const cable = `njo${id}`;
    // Of the range that is set aside for tests of networks.
    const network = `198.${18 + randomInt(2)}.${randomInt(256)}`;
    const first = 8 * randomInt(32);
    const address = (host: number): string => `${network}.${first + host}`;
    await ip('netns', 'add', namespace);
    try {
      await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
      await ip('addr', 'add', `${address(1)}/29`, 'dev', cable);
      await ip('link', 'set', cable, 'up');
      for (const host of [2, 3])
        await ip('-n', namespace, 'addr', 'add', `${address(host)}/29`, 'dev', 'eth0');
      for (const device of ['lo', 'eth0']) await ip('-n', namespace, 'link', 'set', device, 'up');
      const server = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', SERVER], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [port] = (await once(server.stdout, 'data')) as [Buffer];
      return new OutsideWorld(namespace, server, Number(port.toString()), [address(2), address(3)]);
    } catch (error) {
      await ip('netns', 'del', namespace);
      throw error;
    }
  }

  async remove(): Promise<void> {
    const ended = once(this.server, 'close');
    this.server.kill('SIGKILL');
    await ended;
    // With the namespace goes its end of the cable, and with that the other.
    await ip('netns', 'del', this.namespace);
  }
}

async function ip(...args: string[]): Promise<void> {
  try {
    await run('ip', args);
  } catch (error) {
    throw new Error(
      `These tests make a host of their own beyond this machine: run them as root, with iproute2 installed. ` +
        `"ip ${args.join(' ')}" failed.`,
      { cause: error },
    );
  }
}
