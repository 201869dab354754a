import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { join } from 'node:path';
import type { ContainerCreateOptions } from 'dockerode';
import { makeTempFolder, removeFolder } from '../../temp-folder.js';
import {
  createRefusal,
  ignoredOptions,
  isolationOf,
  startRefusal,
  type DaemonFacts,
} from './daemon-rules.js';
import {
  describe,
  usedBy,
  filterOf,
  NAT,
  platformOf,
  Refused,
  ROUTES,
  send,
  type WindowsImage,
} from './engine-api.js';
import { LocalContainer } from './local-container.js';
import { ownPathOf } from './windows-paths.js';

export interface WindowsEngineFacts {
  readonly build: number;
  readonly isolation: 'process' | 'hyperv';
  readonly images: Readonly<Record<string, WindowsImage>>;
  /** Images that can be pulled. */
  readonly registry?: Readonly<Record<string, WindowsImage>>;
  /** Listen on TCP with TLS instead of on the pipe's stand-in. */
  readonly tls?: ServerOptions;
}

interface Call {
  readonly url: URL;
  readonly name: string;
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
}

type Handler = (call: Call) => unknown;

const CPUS = 4;

/**
 * Stands where a Windows engine stands: speaks the part of the Docker API that the adapter uses, over a socket in place of the named
 * pipe, refuses what moby's Windows daemon refuses, and runs containers as processes of this machine. It isolates nothing.
 */
export class WindowsEngineDouble {
  /** Everything that was asked for and that a Windows engine would silently not heed. */
  readonly ignored: string[] = [];
  readonly created: ContainerCreateOptions[] = [];
  readonly pulled: string[] = [];
  private readonly containers = new Map<string, LocalContainer>();
  private readonly images: Map<string, WindowsImage>;
  private folder = '';

  private constructor(
    private readonly facts: WindowsEngineFacts,
    private readonly server: Server,
  ) {
    this.images = new Map(Object.entries(facts.images));
  }

  static async start(facts: WindowsEngineFacts): Promise<WindowsEngineDouble> {
    const server = facts.tls === undefined ? createServer() : createTlsServer(facts.tls);
    const double = new WindowsEngineDouble(facts, server);
    server.on(
      'request',
      (incoming: IncomingMessage, answer: ServerResponse) => void double.handle(incoming, answer),
    );
    double.folder = await makeTempFolder('windows-engine');
    if (facts.tls === undefined) server.listen(double.pipe);
    else server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return double;
  }

  get address(): string {
    if (this.facts.tls === undefined) return `npipe://${this.pipe}`;
    return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  namesOf(label: string, value: string): string[] {
    return [...this.containers.values()]
      .filter(({ options }) => options.Labels?.[label] === value)
      .map(({ name }) => name);
  }

  /** What somebody does who ends a container behind the worker's back. */
  killFromOutside(name: string): void {
    this.find(name).kill();
  }

  async stop(): Promise<void> {
    const all = [...this.containers.values()].filter(({ isAlive }) => isAlive);
    for (const container of all) container.kill();
    await Promise.all(all.map(({ ended }) => ended));
    this.server.close();
    this.server.closeAllConnections();
    await removeFolder(this.folder);
  }

  private get pipe(): string {
    return join(this.folder, 'docker_engine');
  }

  private async handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://engine');
    const route = ROUTES.find(([method, path]) => method === incoming.method && path.test(url.pathname));
    try {
      if (route === undefined) throw new Refused(404, `page not found: ${incoming.method} ${url.pathname}`);
      const name = decodeURIComponent(route[1].exec(url.pathname)?.[1] ?? '');
      const body = await this.handlers[route[2]]({ url, name, incoming, answer });
      if (!answer.headersSent) send(answer, body === undefined ? 204 : 200, body);
    } catch (error) {
      if (answer.headersSent) return void answer.destroy();
      send(answer, error instanceof Refused ? error.status : 500, { message: (error as Error).message });
    }
  }

  private readonly handlers: Readonly<Record<(typeof ROUTES)[number][2], Handler>> = {
    info: () => ({
      OSType: 'windows',
      ServerVersion: '27.5.1',
      OSVersion: `10.0.${this.facts.build}`,
      KernelVersion: `10.0 ${this.facts.build} (${this.facts.build}.1.amd64fre)`,
      Architecture: 'x86_64',
      NCPU: CPUS,
      Isolation: this.facts.isolation,
      SystemTime: new Date().toISOString(),
    }),
    networks: ({ url }) => (filterOf(url, 'label').length > 0 ? [] : [NAT]),
    events: () => '',
    images: ({ url }) =>
      [...this.images.keys()]
        .filter((name) => filterOf(url, 'reference').includes(name))
        .map((name) => ({ Id: name, RepoTags: [name] })),
    image: ({ name }) => platformOf(this.images.get(name), name),
    distribution: ({ name }) => {
      const { Os: os, Architecture: architecture, OsVersion } = platformOf(this.facts.registry?.[name], name);
      return { Platforms: [{ os, architecture, 'os.version': OsVersion }] };
    },
    pull: ({ url }) => {
      const name = url.searchParams.get('fromImage') ?? '';
      const tag = url.searchParams.get('tag');
      const image = tag ? `${name}:${tag}` : name;
      const found = this.facts.registry?.[image];
      if (found === undefined) throw new Refused(404, `manifest for ${image} not found`);
      this.pulled.push(image);
      this.images.set(image, found);
      return { status: 'Download complete' };
    },
    list: ({ url }) => this.list(filterOf(url, 'label')),
    create: (call) => this.create(call),
    inspect: ({ name }) => describe(this.find(name)),
    stats: ({ name }) => usedBy(this.find(name)),
    attach: ({ name, answer }) => {
      const container = this.find(name);
      answer.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream' });
      answer.flushHeaders();
      container.attach(answer);
    },
    start: ({ name }) => this.startContainer(this.find(name)),
    wait: async ({ name, answer }) => {
      const container = this.find(name);
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.flushHeaders();
      if (container.status !== 'created') await container.ended;
      answer.end(JSON.stringify({ StatusCode: container.exitCode }));
    },
    kill: async ({ name }) => {
      const container = this.find(name);
      if (!container.isAlive) throw new Refused(409, `Container ${name} is not running`);
      container.kill();
      await container.ended;
    },
    pause: ({ name }) => {
      const container = this.find(name);
      // daemon/internal/libcontainerd/local/local_windows.go, Pause
      if (isolationOf(container.options.HostConfig ?? {}, this.daemonFacts) === 'process') {
        throw new Refused(
          501,
          `cannot pause container ${name}: not implemented for containers using process isolation`,
        );
      }
      container.pause();
    },
    unpause: ({ name }) => this.find(name).resume(),
    remove: async ({ name, url }) => {
      const container = this.find(name);
      if (container.isAlive && url.searchParams.get('force') !== 'true') throw new Refused(409, 'is running');
      container.kill();
      if (container.isAlive) await container.ended;
      this.containers.delete(container.id);
    },
  };

  private get daemonFacts(): DaemonFacts {
    return {
      cpus: CPUS,
      defaultIsolation: this.facts.isolation,
      hasFolder: (path) => existsSync(ownPathOf(path) ?? ''),
    };
  }

  private async create({ url, incoming }: Call): Promise<unknown> {
    const options = (await json(incoming)) as ContainerCreateOptions;
    const image = this.images.get(options.Image ?? '');
    if (image === undefined) throw new Refused(404, `No such image: ${options.Image}`);
    const refusal = createRefusal(options, this.daemonFacts);
    if (refusal !== undefined) throw new Refused(400, refusal);
    this.ignored.push(...ignoredOptions(options));
    this.created.push(options);
    const id = randomBytes(32).toString('hex');
    const name = url.searchParams.get('name') ?? id;
    this.containers.set(id, new LocalContainer(id, name, options, image.folders));
    return { Id: id, Warnings: [] };
  }

  private async startContainer(container: LocalContainer): Promise<void> {
    const image = this.images.get(container.options.Image ?? '');
    const builds = { host: this.facts.build, image: image?.build ?? 0 };
    const refusal = startRefusal(container.options, this.daemonFacts, builds);
    if (refusal !== undefined) throw new Refused(500, refusal);
    await container.start();
  }

  private list(labels: readonly string[]): unknown[] {
    const wanted = labels.map((label): [string, string] => {
      const [name = '', value = ''] = label.split('=', 2);
      return [name, value];
    });
    return [...this.containers.values()]
      .filter(({ options }) => wanted.every(([name, value]) => options.Labels?.[name] === value))
      .map(({ id, name, options, status, createdAt }) => ({
        Id: id,
        Names: [`/${name}`],
        Labels: options.Labels ?? {},
        State: status,
        Created: Math.floor(createdAt.getTime() / 1000),
      }));
  }

  private find(idOrName: string): LocalContainer {
    const found = [...this.containers.values()].find(({ id, name }) => id === idOrName || name === idOrName);
    if (found === undefined) throw new Refused(404, `No such container: ${idOrName}`);
    return found;
  }
}
