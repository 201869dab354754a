import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { ChannelClosedError } from '../language-worker-channel.js';
import { TunnelPool } from './tunnel-pool.js';

jest.setTimeout(60_000);
const WAIT = { timeoutMs: 50_000 };
const NEVER = new AbortController().signal;

describe('TunnelPool', () => {
  let server: Server;
  let pool: TunnelPool;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    pool = new TunnelPool();
    server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      server.emit('tunnel', socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  /** Both ends of a tunnel that was just opened. */
  async function open(): Promise<{ relay: Socket; tunnel: Socket }> {
    const relay = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(relay.on('error', () => undefined));
    const [tunnel] = (await once(server, 'tunnel')) as [Socket];
    return { relay, tunnel };
  }

  it('gives idle tunnels out in their order, each once', async () => {
    const [one, two] = [await open(), await open()];
    pool.add(one.tunnel);
    pool.add(two.tunnel);
    expect(await pool.take(NEVER)).toBe(one.tunnel);
    expect(await pool.take(NEVER)).toBe(two.tunnel);
  });

  it('lets who comes when none is idle wait for the next, in order', async () => {
    const waiting = [pool.take(NEVER), pool.take(NEVER)];
    const [one, two] = [await open(), await open()];
    pool.add(one.tunnel);
    pool.add(two.tunnel);
    expect(await Promise.all(waiting)).toEqual([one.tunnel, two.tunnel]);
  });

  it('forgets who gives up, and an idle tunnel that ends or speaks', async () => {
    const patience = new AbortController();
    const given = pool.take(patience.signal);
    patience.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await expect(pool.take(patience.signal)).rejects.toThrow('enough');
    const [ended, spoke, kept] = [await open(), await open(), await open()];
    for (const { tunnel } of [ended, spoke, kept]) pool.add(tunnel);
    ended.relay.end();
    spoke.relay.write('unasked');
    await waitFor(() => ended.tunnel.destroyed && spoke.tunnel.destroyed, WAIT);
    expect(await pool.take(NEVER)).toBe(kept.tunnel);
  });

  it('ends what is idle, and turns away who waits or comes, once it is closed', async () => {
    const { tunnel } = await open();
    pool.add(tunnel);
    await pool.take(NEVER);
    const idle = await open();
    pool.add(idle.tunnel);
    pool.close('over');
    expect([tunnel.destroyed, idle.tunnel.destroyed]).toEqual([false, true]);
    await expect(pool.take(NEVER)).rejects.toThrow(ChannelClosedError);
    const late = await open();
    pool.add(late.tunnel);
    expect(late.tunnel.destroyed).toBe(true);
    const empty = new TunnelPool();
    const waiting = empty.take(NEVER);
    empty.close('over');
    await expect(waiting).rejects.toThrow('over');
  });

  it('keeps only so many that nobody uses', async () => {
    for (let count = 0; count < 32; count += 1) pool.add((await open()).tunnel);
    const { tunnel } = await open();
    pool.add(tunnel);
    expect(tunnel.destroyed).toBe(true);
  });
});
