import { Logger } from '@nestjs/common';
import type { ContainerCreateOptions } from 'dockerode';
import { release, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#shared/domain/ids.js';
import {
  ContainerRuntime,
  EngineUnavailableError,
  type ContainerSpec,
  type RunningContainer,
  type RuntimeTraits,
} from '../container-runtime.js';
import type { CpuLimits } from '../cpu/cpu-share.js';
import type { AppRuntime } from '../language-workers/language-worker.js';
import { chooseDialect } from './choose-dialect.js';
import { containerOptions } from './container-options.js';
import { DockerContainer, type StartedContainer } from './docker-container.js';
import type { DockerSettings } from './docker-settings.js';
import { judgeEngine } from './engine-suitability.js';
import { Engine, engineStatus } from './engine.js';
import { hasImage } from './image/ensure-image.js';
import { removeOldImages } from './image/old-images.js';
import { ofInstallation, type Owner } from './labels.js';
import { ParentGroup } from './cgroup/parent-group.js';
import { isEngineHere, sharesKernel } from './cgroup/same-machine.js';
import { LanguageImages, type ImageTarget } from './language-images.js';
import { lookUpHere, type Lookup } from './networks/lookup.js';
import { ContainerNetworks, type NetworkWay } from './networks/container-networks.js';
import { reconcileEngine } from './reconcile/reconcile-engine.js';
import { RelayContainer } from './relay/relay-container.js';
import { removeContainer } from './remove-container.js';
import { startContainer } from './start-container.js';

/** A command that timed out may still be carried out when the engine comes to itself: `check` looks for what came of it so long. */
const DOUBT_SECONDS = 300;
const CLOSE_SECONDS = 20;

/** What `prepare` has made ready. */
interface Prepared {
  readonly target: ImageTarget;
  readonly images: ReadonlyMap<AppRuntime, string>;
}

/**
 * Runs each language worker in a container of its own: no files but the app's (to read) and a small `/tmp`, no privileges, limited
 * memory, processor time and number of processes, no way to its neighbours or to the machine itself but the FunctionRpc host, and
 * outwards as its app's network policy says.
 */
export class DockerContainerRuntime extends ContainerRuntime {
  readonly kind = 'docker';
  private readonly logger = new Logger(DockerContainerRuntime.name);
  private readonly engine: Engine;
  private readonly images: LanguageImages;
  private prepared: Prepared | undefined;
  private group: ParentGroup | undefined;
  /** Names of containers that are starting, running or being removed, these have an owner. */
  private readonly known = new Set<string>();
  private readonly running = new Set<DockerContainer>();
  /** Names of containers that may be there though their start or removal failed, and until when that is to be expected. */
  private readonly disowned = new Map<string, number>();
  private readonly owner: Owner;
  private readonly networks: ContainerNetworks;

  /** @param lookup how names of allow lists and of denied services become addresses */
  constructor(
    private readonly settings: DockerSettings,
    lookup: Lookup = lookUpHere,
  ) {
    super();
    this.owner = { ...settings, lifeId: newId() };
    this.engine = new Engine(settings.engineAddress, settings.engineTls, settings.timeouts);
    this.images = new LanguageImages(this.engine, settings, this.logger);
    this.networks = new ContainerNetworks(this.engine, settings, this.logger, lookup);
  }

  get os(): 'linux' | 'windows' {
    return this.readiness().target.dialect.os;
  }

  get canPause(): boolean {
    return this.prepared?.target.dialect.canPause ?? false;
  }

  get canPrewarm(): boolean {
    return (this.prepared?.target.dialect.canPrewarm ?? false) && this.images.areAllOurs;
  }

  get traits(): RuntimeTraits {
    const target = this.prepared?.target;
    return {
      engineVersion: target?.facts.ServerVersion ?? null,
      isolation: target?.dialect.isolation ?? null,
    };
  }

  override get isHere(): boolean {
    return isEngineHere(this.settings.engineAddress);
  }

  override get bindsTogether(): boolean {
    return this.group !== undefined;
  }

  override async limitTogether(limits: CpuLimits): Promise<void> {
    await this.group?.limit(limits);
  }

  /** May be called again after an outage: what runs is left alone. */
  async prepare(): Promise<{ readonly channelHost: string }> {
    const target = await this.examineEngine();
    this.group ??= await this.openGroup(target);
    await this.reconcile();
    const channel = await this.networks.open(target.dialect);
    const images = await this.images.ensureAll(target);
    this.prepared = { target, images };
    await removeOldImages(
      this.engine,
      {
        ...this.settings,
        currentImages: [...images.values()],
        keepHours: this.settings.keepOldImagesHours,
      },
      this.logger,
    );
    return { channelHost: channel.listenHost };
  }

  async check(): Promise<void> {
    this.readiness();
    await this.engine.probe('list containers', (docker, abortSignal) =>
      docker.listContainers({ filters: ofInstallation(this.owner), abortSignal }),
    );
    await this.networks.check();
    this.forgetOldDoubts();
    if (this.disowned.size > 0) await this.reconcile();
  }

  reconcile(): Promise<void> {
    return this.removeUnowned(this.settings.reconcileGraceSeconds);
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    const prepared = this.readiness();
    const { dialect } = prepared.target;
    const equipment = await this.images.equip(spec, dialect, prepared.images);
    const way = await this.networks.wayFor(spec);
    const options = containerOptions(
      { ...spec, channelPort: way.channelPort },
      {
        ...equipment,
        ...way,
        dialect,
        settings: this.settings,
        owner: this.owner,
        createdAt: new Date(),
        cgroupParent: this.cgroupParent,
      },
    );
    const paths = { app: dialect.paths.app, languageWorker: equipment.command.workerDirectory };
    const name = `${this.settings.namePrefix}${spec.id}`;
    this.known.add(name);
    try {
      const started = await this.startWithImage(options, equipment.image);
      await this.networks.admit(spec, way, started.engineId);
      if (this.prepared === undefined) throw new EngineUnavailableError('The worker is closing.');
      const relay = this.relayOf(name, spec, way, started.engineId);
      return this.track(name, { ...started, spec, paths, relay, dialect });
    } catch (error) {
      await this.undoStart(name);
      throw error;
    }
  }

  /** Does not wait long for an engine that does not answer: the next life removes what this one could not. */
  async close(): Promise<void> {
    const wasPrepared = this.prepared !== undefined;
    this.prepared = undefined;
    const kills = Promise.all([...this.running].map((container) => container.kill()));
    await Promise.race([kills, delay(CLOSE_SECONDS * 1000, undefined, { ref: false })]);
    await this.networks.close();
    if (!wasPrepared) return;
    const removed = this.removeUnowned(0).catch((error: unknown) => {
      this.logger.warn(`Containers may stay behind until the next start. ${(error as Error).message}`);
    });
    await Promise.race([removed, delay(CLOSE_SECONDS * 1000, undefined, { ref: false })]);
    await this.group?.close();
    this.group = undefined;
  }

  /** Undefined: containers stay where the engine puts them. */
  private get cgroupParent(): string | undefined {
    if (this.prepared?.target.dialect.os === 'windows') return undefined;
    return this.settings.cgroupParent ?? this.group?.cgroupParent;
  }

  /** None where somebody else has made one: it is his to limit. */
  private async openGroup({ facts }: ImageTarget): Promise<ParentGroup | undefined> {
    if (this.settings.cgroupParent !== undefined) return undefined;
    const machine = { platform: process.platform, kernel: release(), memoryBytes: totalmem() };
    if (facts.CgroupDriver !== 'cgroupfs' || !sharesKernel(this.settings.engineAddress, facts, machine))
      return undefined;
    return ParentGroup.open('/sys', this.owner.workerId);
  }

  private async examineEngine(): Promise<ImageTarget> {
    const facts = await this.engine.facts();
    const { problem, warnings } = judgeEngine(facts);
    if (problem !== undefined) throw new EngineUnavailableError(`Docker can not be used: ${problem}.`);
    for (const warning of warnings) this.logger.warn(warning);
    return { dialect: chooseDialect(facts, this.settings), facts };
  }

  /** An image that nothing uses may have been removed by hand since it was made: then it is made again. */
  private async startWithImage(
    options: ContainerCreateOptions,
    image: string,
  ): ReturnType<typeof startContainer> {
    try {
      return await startContainer(this.engine, options);
    } catch (error) {
      if (engineStatus(error) !== 404 || (await hasImage(this.engine, image))) throw error;
      await this.images.ensureAll(this.readiness().target);
      return startContainer(this.engine, options);
    }
  }

  private async removeUnowned(graceSeconds: number): Promise<void> {
    const memory = () => ({
      known: new Set([...this.known, ...this.networks.ids()]),
      disowned: new Set(this.disowned.keys()),
    });
    const order = { owner: this.owner, memory, graceSeconds, dryRun: this.settings.reconcileDryRun };
    await reconcileEngine(this.engine, order, this.logger);
  }

  private readiness(): Prepared {
    if (this.prepared === undefined) throw new EngineUnavailableError('The engine is not prepared.');
    return this.prepared;
  }

  private track(name: string, started: StartedContainer): DockerContainer {
    const container = new DockerContainer(this.engine, started, this.logger);
    this.running.add(container);
    void container.gone.then((isGone) => {
      this.running.delete(container);
      this.known.delete(name);
      void this.networks.dismiss(started.engineId);
      if (!isGone) this.disown(name);
    });
    return container;
  }

  private relayOf(name: string, spec: ContainerSpec, way: NetworkWay, containerId: string): RelayContainer {
    const relayName = `${name}-relay`;
    return new RelayContainer(this.engine, relayName, {
      order: async (serverPort) => {
        const { target } = this.readiness();
        const image = await this.images.ensureRelay(target);
        const { owner } = this;
        return {
          name: relayName,
          spec: { ...spec, channelPort: way.channelPort },
          containerId,
          image,
          channelHost: way.channelHost,
          serverPort,
          owner,
          createdAt: new Date(),
          cgroupParent: this.cgroupParent,
        };
      },
      own: (owned) => void this.known.add(owned),
      release: (released, isGone) => {
        this.known.delete(released);
        if (!isGone) this.disown(released);
      },
    });
  }

  private async undoStart(name: string): Promise<void> {
    try {
      await removeContainer(this.engine, name);
    } catch (error) {
      this.logger.warn(`What the start of ${name} left will be removed later. ${(error as Error).message}`);
    }
    // Even a removal that went well may have come before the creation that it was to undo.
    this.known.delete(name);
    this.disown(name);
  }

  private disown(name: string): void {
    this.disowned.set(name, performance.now() + DOUBT_SECONDS * 1000);
  }

  private forgetOldDoubts(): void {
    for (const [name, until] of this.disowned) if (performance.now() > until) this.disowned.delete(name);
  }
}
