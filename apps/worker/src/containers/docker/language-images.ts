import type { Logger } from '@nestjs/common';
import { InvalidInputError } from '#shared/domain/errors.js';
import { EngineUnavailableError, type ContainerSpec } from '../container-runtime.js';
import { describeApp } from '../language-workers/app-runtime.js';
import { commandLine, type CommandLine } from '../language-workers/command-line.js';
import type { LanguageWorkerChoice } from '../language-workers/language-worker-choice.js';
import { NIGHTJAR_NODE } from '../language-workers/language-worker-table.js';
import type { AppRuntime } from '../language-workers/language-worker.js';
import type { DockerSettings } from './docker-settings.js';
import type { EngineDialect } from './engine-dialect.js';
import type { EngineFacts } from './engine-suitability.js';
import type { Engine } from './engine.js';
import { ensureImage } from './image/ensure-image.js';
import { ensureGivenImage } from './image/given-image.js';

/** The engine that images are for. */
export interface ImageTarget {
  readonly dialect: EngineDialect;
  readonly facts: EngineFacts;
}

/** What a container for one app is made of. */
export interface AppEquipment {
  readonly runtime: AppRuntime;
  readonly image: string;
  readonly command: CommandLine;
}

type Settings = Pick<DockerSettings, 'languageWorkers' | 'languageWorker' | 'nodePath' | 'installationId'>;

/** The images of the language workers that a worker's settings name. */
export class LanguageImages {
  constructor(
    private readonly engine: Engine,
    private readonly settings: Settings,
    private readonly logger: Pick<Logger, 'log'>,
  ) {}

  /** Whether all apps have our own language worker: what waits for an app must be right for whichever comes. */
  get areAllOurs(): boolean {
    return [...this.settings.languageWorkers.values()].every(({ worker }) => worker === NIGHTJAR_NODE);
  }

  /** All of them, by runtime: made, found or pulled. Throws `EngineUnavailableError`. */
  async ensureAll(target: ImageTarget): Promise<ReadonlyMap<AppRuntime, string>> {
    const images = new Map<AppRuntime, string>();
    for (const [runtime, choice] of this.settings.languageWorkers) {
      images.set(runtime, await this.ensureOne(choice, target));
    }
    return images;
  }

  /** The image that HTTP relays are started from: ours. Throws `EngineUnavailableError`. */
  async ensureRelay({ dialect }: ImageTarget): Promise<string> {
    if (dialect.canMakeImage)
      return ensureImage(this.engine, this.settings, this.settings.installationId, this.logger);
    throw new EngineUnavailableError(
      'HTTP streams of a language worker other than our own are relayed on Linux engines only.',
    );
  }

  /** Throws `EngineUnavailableError`; `InvalidInputError` for an app that no language worker is set up for. */
  async equip(
    spec: ContainerSpec,
    dialect: EngineDialect,
    images: ReadonlyMap<AppRuntime, string>,
  ): Promise<AppEquipment> {
    const { runtime, appWorker } = await describeApp(spec.packageFolder, spec.environment);
    const choice = this.settings.languageWorkers.get(runtime);
    const image = images.get(runtime);
    const platform = choice?.worker[dialect.os];
    if (choice === undefined || image === undefined || platform === undefined)
      throw noLanguageWorker(runtime, dialect);
    const command = commandLine(choice.worker, platform, {
      appDirectory: dialect.paths.app,
      slash: dialect.paths.slash,
      entry: this.settings.languageWorker.entry,
      memoryBytes: spec.limits.memoryBytes,
      runtimeVersion: choice.runtimeVersion,
      appWorker,
    });
    return { runtime, image, command };
  }

  private ensureOne(choice: LanguageWorkerChoice, { dialect, facts }: ImageTarget): Promise<string> {
    if (choice.worker[dialect.os] === undefined) {
      throw new EngineUnavailableError(
        `The language worker ${choice.worker.id} is not for ${dialect.os} containers: take it out of languageWorkers.`,
      );
    }
    if (choice.image !== undefined) {
      const demand = { engine: facts, isolation: dialect.isolation };
      return ensureGivenImage(this.engine, choice.image, demand, this.logger);
    }
    if (dialect.canMakeImage) {
      return ensureImage(this.engine, this.settings, this.settings.installationId, this.logger);
    }
    throw new EngineUnavailableError(
      `An image of ${dialect.os} containers can not be made of this machine's files: build one from ` +
        'deploy/images/node-windows.Dockerfile and name it in the setting containerImage.',
    );
  }
}

function noLanguageWorker(runtime: AppRuntime, { os }: EngineDialect): InvalidInputError {
  return new InvalidInputError(
    `The app is for ${runtime}, and this worker has no language worker for that in ${os} containers: ` +
      'see the setting languageWorkers.',
  );
}
