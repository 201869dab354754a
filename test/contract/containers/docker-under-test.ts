import type Docker from 'dockerode';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#shared/domain/ids.js';
import { DockerContainerRuntime } from '../../../apps/worker/src/containers/docker/docker-container-runtime.js';
import {
  DEFAULT_DOCKER_SETTINGS,
  type DockerSettings,
} from '../../../apps/worker/src/containers/docker/docker-settings.js';
import type { LanguageWorkerFiles } from '../../../apps/worker/src/containers/language-worker-command.js';
import { dockerEngine } from '../../support/docker-engine.js';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';

const ACTING_WORKER: LanguageWorkerFiles = {
  folder: join(import.meta.dirname, 'acting-worker'),
  entry: 'main.mjs',
};

/** An installation of its own on the real engine, with all that belongs to it. */
export class TestInstallation {
  readonly id = `test-${newId()}`;

  private ownFolder: string | undefined;
  private readonly runtimes: DockerContainerRuntime[] = [];

  private constructor(readonly docker: Docker) {}

  /** Throws, saying what to do, when there is no engine. */
  static async create(): Promise<TestInstallation> {
    return new TestInstallation(await dockerEngine());
  }

  settings(changes: Partial<DockerSettings> = {}): DockerSettings {
    return {
      ...DEFAULT_DOCKER_SETTINGS,
      installationId: this.id,
      workerId: newId(),
      languageWorker: ACTING_WORKER,
      listenOn: () => Promise.reject(new Error('No FunctionRpc host listens for this test.')),
      ...changes,
    };
  }

  runtime(changes: Partial<DockerSettings> = {}): DockerContainerRuntime {
    const runtime = new DockerContainerRuntime(this.settings(changes));
    this.runtimes.push(runtime);
    return runtime;
  }

  /** Names of the containers of this installation, or of one worker of it, in whatever state. */
  async containers(workerId?: string): Promise<string[]> {
    const label = [`nightjar.installation=${this.id}`, ...(workerId ? [`nightjar.worker=${workerId}`] : [])];
    const found = await this.docker.listContainers({ all: true, filters: { label } });
    return found.map(({ Names, Id }) => Names[0] ?? Id);
  }

  networks(): Promise<Docker.NetworkInspectInfo[]> {
    return this.docker.listNetworks({ filters: { label: [`nightjar.installation=${this.id}`] } });
  }

  images(): Promise<Docker.ImageInfo[]> {
    return this.docker.listImages({ filters: { label: [`nightjar.installation=${this.id}`] } });
  }

  /** A copy of the acting worker like no other, and so with an image that no other run of these tests has. */
  async ownLanguageWorker(): Promise<LanguageWorkerFiles> {
    this.ownFolder ??= await makeTempFolder('language-worker');
    await cp(ACTING_WORKER.folder, this.ownFolder, { recursive: true });
    await writeFile(join(this.ownFolder, 'version.txt'), newId());
    return { ...ACTING_WORKER, folder: this.ownFolder };
  }

  /** Closes its workers, and removes what outlives them: networks and images. */
  async remove(): Promise<void> {
    for (const runtime of this.runtimes) await runtime.close();
    for (const { Id } of await this.networks()) await this.docker.getNetwork(Id).remove();
    for (const { Id } of await this.images()) {
      const removed = this.docker.getImage(Id).remove({ force: true });
      // Another run of these tests may use the same image just now: it stays then.
      await removed.catch((error: unknown) => {
        if ((error as { statusCode?: number }).statusCode !== 409) throw error;
      });
    }
    if (this.ownFolder !== undefined) await removeFolder(this.ownFolder);
  }
}
