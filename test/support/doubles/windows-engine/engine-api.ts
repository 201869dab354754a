import type { ServerResponse } from 'node:http';
import { readProcessUse } from '../../../../apps/worker/src/capacity/sensors/linux/process-use.js';
import type { OwnUsePart } from '../../../../apps/worker/src/capacity/sensors/own-use.js';
import type { LocalContainer } from './local-container.js';
import type { ImageFolders } from './windows-paths.js';

export interface WindowsImage {
  /** Of the Windows that it was made for, such as 20348. */
  readonly build: number;
  readonly folders: ImageFolders;
}

/** An answer of the engine that is no success. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The part of the Docker API that the adapter uses: method, path with the name that it holds, and what is asked. */
export const ROUTES = [
  ['GET', /^\/info$/, 'info'],
  ['GET', /^\/networks$/, 'networks'],
  ['GET', /^\/events$/, 'events'],
  ['GET', /^\/images\/json$/, 'images'],
  ['POST', /^\/images\/create$/, 'pull'],
  ['GET', /^\/images\/(.+)\/json$/, 'image'],
  ['GET', /^\/distribution\/(.+)\/json$/, 'distribution'],
  ['GET', /^\/containers\/json$/, 'list'],
  ['POST', /^\/containers\/create$/, 'create'],
  ['GET', /^\/containers\/([^/]+)\/json$/, 'inspect'],
  ['GET', /^\/containers\/([^/]+)\/stats$/, 'stats'],
  ['POST', /^\/containers\/([^/]+)\/attach$/, 'attach'],
  ['POST', /^\/containers\/([^/]+)\/start$/, 'start'],
  ['POST', /^\/containers\/([^/]+)\/wait$/, 'wait'],
  ['POST', /^\/containers\/([^/]+)\/kill$/, 'kill'],
  ['POST', /^\/containers\/([^/]+)\/pause$/, 'pause'],
  ['POST', /^\/containers\/([^/]+)\/unpause$/, 'unpause'],
  ['DELETE', /^\/containers\/([^/]+)$/, 'remove'],
] as const;

/** The "containers" are processes of this machine: its loopback is the gateway to it. */
export const NAT = {
  Id: 'a'.repeat(64),
  Name: 'nat',
  Created: '2026-01-01T00:00:00Z',
  Labels: {},
  IPAM: { Driver: 'windows', Config: [{ Subnet: '127.0.0.0/8', Gateway: '127.0.0.1' }] },
};

/** What a list is to be filtered by. */
export function filterOf(url: URL, name: string): string[] {
  const filters = JSON.parse(url.searchParams.get('filters') ?? '{}') as Record<string, string[]>;
  return filters[name] ?? [];
}

/** What `inspect` says of an image. Throws `Refused` when there is none. */
export function platformOf(
  image: WindowsImage | undefined,
  name: string,
): { Os: string; Architecture: string; OsVersion: string } {
  if (image === undefined) throw new Refused(404, `No such image: ${name}`);
  return { Os: 'windows', Architecture: 'amd64', OsVersion: `10.0.${image.build}.1` };
}

/** What `stats` says of a container: in hundreds of nanoseconds, and without the words that Linux has for memory. */
export async function usedBy({ pid }: LocalContainer): Promise<unknown> {
  const parts = pid === undefined ? [] : await readProcessUse('/proc', [pid]);
  const sumOf = (figure: (part: OwnUsePart) => number): number =>
    parts.reduce((sum, part) => sum + figure(part), 0);
  const privateworkingset = sumOf(({ memoryBytes }) => memoryBytes);
  return {
    cpu_stats: { cpu_usage: { total_usage: Math.round(sumOf(({ cpuSeconds }) => cpuSeconds) * 1e7) } },
    memory_stats: { commitbytes: privateworkingset * 2, privateworkingset },
  };
}

/** What `inspect` says of a container. */
export function describe(container: LocalContainer): unknown {
  const { id, name, options, status, exitCode, finishedAt, isAlive } = container;
  const State = {
    Status: status,
    Running: isAlive,
    Paused: status === 'paused',
    // Windows does not tell.
    OOMKilled: false,
    ExitCode: exitCode,
    Error: '',
    FinishedAt: finishedAt.toISOString(),
  };
  return { Id: id, Name: `/${name}`, State, Config: { Hostname: id.slice(0, 12), Env: options.Env ?? [] } };
}

export function send(answer: ServerResponse, status: number, body: unknown): void {
  answer.writeHead(status, { 'content-type': 'application/json' });
  answer.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
}
