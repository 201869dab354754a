import { dirname, join } from 'node:path';
import { newId } from '#shared/domain/ids.js';
import {
  ContainerRuntime,
  type ContainerSpec,
  type RunningContainer,
  type RuntimeTraits,
} from '../../../apps/worker/src/containers/container-runtime.js';
import { DockerContainerRuntime } from '../../../apps/worker/src/containers/docker/docker-container-runtime.js';
import {
  DEFAULT_DOCKER_SETTINGS,
  type DockerSettings,
} from '../../../apps/worker/src/containers/docker/docker-settings.js';
import { parseLanguageWorkers } from '../../../apps/worker/src/containers/language-workers/language-worker-choice.js';
import {
  WindowsEngineDouble,
  type WindowsEngineFacts,
} from '../../support/doubles/windows-engine/windows-engine-double.js';
import type { WindowsImage } from '../../support/doubles/windows-engine/engine-api.js';
import { windowsPathOf } from '../../support/doubles/windows-engine/windows-paths.js';

const LANGUAGE_WORKER = { folder: join(import.meta.dirname, 'acting-worker'), entry: 'main.mjs' };
export const IMAGE = 'registry.example/nightjar-node:ltsc2022';
export const SERVER_2022 = 20348;

/** An image as `deploy/images/node-windows.Dockerfile` makes it, with the acting worker in it. */
export function imageOf(build: number): WindowsImage {
  return {
    build,
    folders: {
      'C:\\nodejs': dirname(process.execPath),
      'C:\\nightjar\\language-worker': LANGUAGE_WORKER.folder,
    },
  };
}

/** The double of an engine on Server 2022, with one image. */
export function windowsEngine(changes: Partial<WindowsEngineFacts> = {}): Promise<WindowsEngineDouble> {
  return WindowsEngineDouble.start({
    build: SERVER_2022,
    isolation: 'process',
    images: { [IMAGE]: imageOf(SERVER_2022) },
    ...changes,
  });
}

/** The adapter against the double: what it is told of folders it tells in Windows' words, as a worker on Windows would. */
export class WindowsRuntime extends ContainerRuntime {
  readonly kind = 'docker';
  private readonly docker: DockerContainerRuntime;

  constructor(engine: WindowsEngineDouble, changes: Partial<DockerSettings> = {}) {
    super();
    this.docker = new DockerContainerRuntime({
      ...DEFAULT_DOCKER_SETTINGS,
      engineAddress: engine.address,
      installationId: `test-${newId()}`,
      workerId: newId(),
      listenOn: () => Promise.reject(new Error('No FunctionRpc host listens for this test.')),
      languageWorker: LANGUAGE_WORKER,
      languageWorkers: parseLanguageWorkers('', IMAGE),
      ...changes,
    });
  }

  get os(): 'linux' | 'windows' {
    return this.docker.os;
  }

  get canPause(): boolean {
    return this.docker.canPause;
  }

  get canPrewarm(): boolean {
    return this.docker.canPrewarm;
  }

  get traits(): RuntimeTraits {
    return this.docker.traits;
  }

  prepare(): Promise<{ readonly channelHost: string }> {
    return this.docker.prepare();
  }

  check(): Promise<void> {
    return this.docker.check();
  }

  reconcile(): Promise<void> {
    return this.docker.reconcile();
  }

  start(spec: ContainerSpec): Promise<RunningContainer> {
    return this.docker.start({ ...spec, packageFolder: windowsPathOf(spec.packageFolder) });
  }

  close(): Promise<void> {
    return this.docker.close();
  }
}
