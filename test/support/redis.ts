import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { ChildService } from './child-service.js';
import { freePort } from './free-port.js';
import { makeTempFolder, removeFolder } from './temp-folder.js';

/** A Redis of one's own, with an append-only file as in production. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;

  /** Stops it for good and removes its data. */
  stop(): Promise<void>;

  /** Ends it with SIGKILL; its data stay, `restart` brings it back. */
  kill(): Promise<void>;

  /** Starts it again on the same port with the same data, after `kill`. */
  restart(): Promise<void>;

  /** FLUSHALL: everything that was queued is gone. */
  flush(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;

/** Starts a redis-server (or valkey-server) on a free port, with its data in a temporary folder. */
export async function startRedis(): Promise<TestRedis> {
  const program = redisProgram();
  const folder = await makeTempFolder('redis');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await startServer(program, folder, port);
  return {
    url,
    port,
    stop: async () => {
      await server.stop();
      await removeFolder(folder);
    },
    kill: () => server.kill(),
    restart: async () => {
      server = await startServer(program, folder, port);
    },
    flush: () => withClient(url, async (client) => void (await client.flushall())),
  };
}

async function startServer(program: string, folder: string, port: number): Promise<ChildService> {
  const server = ChildService.start({
    name: 'redis',
    command: program,
    args: settings(folder, port),
    env: process.env,
    cwd: folder,
    logFile: join(folder, 'redis.log'),
  });
  const url = `redis://127.0.0.1:${port}`;
  const answers = (): Promise<boolean> => withClient(url, async (client) => (await client.ping()) === 'PONG');
  await server.waitReady(answers, READY_WITHIN_MS);
  return server;
}

function settings(folder: string, port: number): string[] {
  const values = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
    save: '',
  };
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
}

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined); // The rejected promises below tell of it.
  try {
    await client.connect();
    return await use(client);
  } finally {
    // On a connection that has ended already, this would only start a timer of 2 s.
    if (client.status !== 'end') client.disconnect();
  }
}

function redisProgram(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = ['redis-server', 'valkey-server'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  const found = places.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      'These tests need redis-server or valkey-server on PATH; `npm test` installs it on Debian as root',
    );
  }
  return found;
}
