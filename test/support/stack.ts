import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { queryRows } from './database.js';
import { containersOf, dockerEngine } from './docker-engine.js';
import { startManagement, type RunningManagement } from './management.js';
import { startRedis, type TestRedis } from './redis.js';
import { makeTempFolder, removeFolder } from './temp-folder.js';
import { startWorker, type RunningWorker } from './worker.js';

type Settings = Readonly<Record<string, string>>;

export interface StackOptions {
  /** Default: `process`. */
  readonly runtime?: 'docker' | 'process';
  readonly managementSettings?: Settings;
  /** For every worker. */
  readonly workerSettings?: Settings;
  /** Default: one worker, "one". */
  readonly workers?: readonly string[];
}

/**
 * An installation of one's own: Redis, management, workers, each a process, with all data below one temporary folder.
 * What a test ended by force it may start again: the data are still there.
 */
export class Stack {
  readonly #workers = new Map<string, RunningWorker>();
  #management: RunningManagement | undefined;

  private constructor(
    private readonly folder: string,
    readonly redis: TestRedis,
    private readonly options: StackOptions,
  ) {}

  static async start(options: StackOptions = {}): Promise<Stack> {
    const stack = new Stack(await makeTempFolder('stack'), await startRedis(), options);
    try {
      await stack.startManagement();
      for (const name of options.workers ?? ['one']) await stack.startWorker(name);
      return stack;
    } catch (error) {
      await stack.stop().catch(() => undefined);
      throw error;
    }
  }

  get management(): RunningManagement {
    if (!this.#management) throw new Error('Management was never started.');
    return this.#management;
  }

  get url(): string {
    return this.management.url;
  }

  get databaseUrl(): string {
    return this.management.databaseUrl;
  }

  worker(name = 'one'): RunningWorker {
    const worker = this.#workers.get(name);
    if (!worker) throw new Error(`There is no worker "${name}".`);
    return worker;
  }

  /** The machines that ever took part. */
  machineIds(): string[] {
    return queryRows<{ id: string }>(this.databaseUrl, 'SELECT id FROM machines').map(({ id }) => id);
  }

  /** Again after it was killed: under the same address, with the same data. */
  async startManagement(): Promise<void> {
    const dataFolder = await this.#folderOf('management');
    const port = this.#management?.port;
    this.#management = await startManagement({
      redisUrl: this.redis.url,
      dataFolder,
      ...(port !== undefined && { port }),
      ...(this.options.managementSettings && { settings: this.options.managementSettings }),
    });
  }

  /** A new one, or again after it was killed: the same machine, with the same data. */
  async startWorker(name: string, settings: Settings = {}): Promise<RunningWorker> {
    const worker = await startWorker({
      name,
      management: this.management,
      redisUrl: this.redis.url,
      dataFolder: await this.#folderOf(`worker-${name}`),
      runtime: this.options.runtime ?? 'process',
      settings: { ...this.options.workerSettings, ...settings },
    });
    this.#workers.set(name, worker);
    return worker;
  }

  /**
   * Stops what runs, and removes the data if all of it stopped as it should and left no container behind.
   * @throws {AggregateError} with what did not
   */
  async stop(): Promise<void> {
    const errors: unknown[] = [];
    const attempt = (step: Promise<unknown> | undefined): Promise<unknown> =>
      Promise.resolve(step).catch((error: unknown) => errors.push(error));
    await Promise.all([...this.#workers.values()].map((worker) => attempt(worker.stop())));
    if (this.options.runtime === 'docker' && this.#management) await attempt(this.#expectNoContainers());
    await attempt(this.#management?.stop());
    await attempt(this.redis.stop());
    if (errors.length > 0) throw new AggregateError(errors, `Not everything stopped; see ${this.folder}`);
    await removeFolder(this.folder);
  }

  async #expectNoContainers(): Promise<void> {
    const left = await containersOf(await dockerEngine(), this.machineIds());
    if (left.length > 0) throw new Error(`Workers left containers behind: ${left.join(', ')}`);
  }

  async #folderOf(part: string): Promise<string> {
    const folder = join(this.folder, part);
    await mkdir(folder, { recursive: true });
    return folder;
  }
}
