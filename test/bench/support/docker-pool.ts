import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type Docker from 'dockerode';
import { newId } from '#shared/domain/ids.js';
import { DockerContainerRuntime } from '../../../apps/worker/src/containers/docker/docker-container-runtime.js';
import { DEFAULT_DOCKER_SETTINGS } from '../../../apps/worker/src/containers/docker/docker-settings.js';
import type { PoolSettings } from '../../../apps/worker/src/containers/pool/app-host-pool.js';
import { ContainerPool } from '../../support/container-pool.js';
import { dockerEngine } from '../../support/docker-engine.js';
import type { BenchContext } from '../bench.js';
import { writeNoOpApp } from './no-op-app.js';

/** Benches run from the repository's root, as npm runs scripts. */
const LANGUAGE_WORKER = { folder: join(process.cwd(), 'dist/language-worker'), entry: 'language-worker.cjs' };

/** Pools on the machine's engine for one bench, and the no-op app. */
export class DockerPools {
  private readonly opened: ContainerPool[] = [];
  private readonly label: string;

  private constructor(
    readonly docker: Docker,
    readonly appFolder: string,
    private readonly workFolder: string,
    private readonly installationId: string,
  ) {
    this.label = `nightjar.installation=${installationId}`;
  }

  static async create({ workFolder }: BenchContext): Promise<DockerPools> {
    const appFolder = join(workFolder, 'no-op');
    await writeNoOpApp(appFolder);
    return new DockerPools(await dockerEngine(), appFolder, workFolder, `bench-${newId()}`);
  }

  async open(settings: Partial<PoolSettings> = {}): Promise<ContainerPool> {
    const folder = join(this.workFolder, newId());
    await mkdir(folder);
    const runtime = new DockerContainerRuntime({
      ...DEFAULT_DOCKER_SETTINGS,
      installationId: this.installationId,
      workerId: newId(),
      networkMode: 'none',
      listenOn: () => Promise.reject(new Error('Only containers of the usual network are measured.')),
      languageWorker: LANGUAGE_WORKER,
    });
    const pool = await ContainerPool.open(runtime, folder, settings);
    this.opened.push(pool);
    return pool;
  }

  /** How long a pool that has no container of the app takes to have it loaded in one, ms. The container is gone afterwards. */
  async msToLoaded({ pool }: ContainerPool): Promise<number> {
    const startedMs = performance.now();
    const tookMs = await pool.lookInto(this.appFolder, newId(), {}, () => performance.now() - startedMs);
    if (tookMs === null) throw new Error('The pool gave up.');
    return tookMs;
  }

  /** The image that a pool's containers are made of. An engine may have had it before, from another installation. */
  async imageOf({ pool }: ContainerPool): Promise<string> {
    const image = await pool.lookInto(this.appFolder, newId(), {}, async () => {
      const [container] = await this.docker.listContainers({ filters: { label: [this.label] } });
      return container?.ImageID;
    });
    if (image === undefined || image === null) throw new Error('There is no container of the pool.');
    return image;
  }

  async close(): Promise<void> {
    for (const pool of this.opened.splice(0)) await pool.close();
    for (const { Id } of await this.docker.listNetworks({ filters: { label: [this.label] } }))
      await this.docker.getNetwork(Id).remove();
    for (const { Id } of await this.docker.listImages({ filters: { label: [this.label] } }))
      await this.docker.getImage(Id).remove({ force: true });
  }
}

/** Measures so many times, one after the other. */
export async function times(count: number, measure: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let index = 0; index < count; index += 1) values.push(await measure());
  return values;
}
