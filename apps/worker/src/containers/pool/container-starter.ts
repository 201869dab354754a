import { chmod, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Logger } from '@nestjs/common';
import { newId } from '#shared/domain/ids.js';
import type { HeldPackage, PackageCache } from '../../packages/package-cache.js';
import { removeLocked } from '../../packages/package-folder.js';
import { reconcileFolders } from '../reconcile/reconcile-folders.js';
import { EvictedError } from '../evicted-error.js';
import { AppHost } from './app-host.js';
import type { ContainerNeeds } from './container-needs.js';
import type { HostEquipment } from './host-equipment.js';
import { PrewarmedHost } from './prewarmed-host.js';
import { StartSlots } from './start-slots.js';

/** An app that a container is wanted for. */
export interface WantedApp {
  readonly packageDigest: string;
  readonly appVersionId: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly needs: ContainerNeeds;
}

export interface StarterSettings {
  readonly maxParallelStarts: number;
  /** This worker's own; absolute. Each prewarmed container has a folder in it. */
  readonly codeFolder: string;
  /** How long a folder stays in it that no container uses, and whether it is removed then or only told of. */
  readonly reconcileGraceSeconds: number;
  readonly reconcileDryRun: boolean;
}

/** For everybody to read: the user inside is nobody on this machine. */
const READABLE = 0o755;

/** Starts containers, not more than some at once. A package stays on this machine as long as a container with it does. */
export class ContainerStarter {
  readonly #logger = new Logger(ContainerStarter.name);
  readonly #slots: StartSlots;
  readonly #removals = new Set<Promise<void>>();
  /** Names of the folders that containers use. */
  readonly #usedFolders = new Set<string>();

  constructor(
    private readonly equipment: HostEquipment,
    private readonly packages: PackageCache,
    private readonly settings: StarterSettings,
  ) {
    this.#slots = new StartSlots(settings.maxParallelStarts);
  }

  /** Removes what an earlier life left. */
  async open(): Promise<void> {
    await removeLocked(this.settings.codeFolder);
    await mkdir(this.settings.codeFolder, { recursive: true });
  }

  get hasFreeSlot(): boolean {
    return this.#slots.hasFree;
  }

  /** Throws `AppLoadError`, `EngineUnavailableError`, `PackageUnavailableError`, `ChannelTimeoutError`. */
  async startApp(app: WantedApp): Promise<AppHost> {
    const held = await this.packages.hold(app.packageDigest);
    return holding(held, () => this.#startApp(app, held));
  }

  /** Throws `EngineUnavailableError`, `ChannelTimeoutError`, and an Error when the language worker does not come up. */
  async startPrewarmed(needs: ContainerNeeds): Promise<PrewarmedHost> {
    const codeFolder = join(this.settings.codeFolder, newId());
    this.#usedFolders.add(basename(codeFolder));
    try {
      await mkdir(codeFolder);
      await chmod(codeFolder, READABLE);
      const host = await this.#slots.run(() => PrewarmedHost.start(this.equipment, needs, codeFolder));
      void host.over.then(() => this.#remove(codeFolder));
      return host;
    } catch (error) {
      await this.#remove(codeFolder);
      throw error;
    }
  }

  /**
   * Gives a prewarmed container its app. Where that fails, for whatever reason, another is started in the ordinary way: only what
   * happens there is held against the app. Throws as `startApp` does.
   */
  async specialise(prewarmed: PrewarmedHost, app: WantedApp): Promise<AppHost> {
    const held = await this.packages.hold(app.packageDigest).catch(async (error: unknown) => {
      await prewarmed.discard();
      throw error;
    });
    return holding(held, async () => {
      try {
        return await prewarmed.specialise({ packageFolder: held.folder, environment: app.environment });
      } catch (error) {
        if (error instanceof EvictedError) throw error;
        this.#logger.warn({ err: error }, 'A prewarmed container did not take its app; another is started.');
        return this.#startApp(app, held);
      }
    });
  }

  /** Removes code folders whose removal has failed. Throws an error of the file system. */
  reconcile(): Promise<void> {
    const {
      codeFolder: parent,
      reconcileGraceSeconds: graceSeconds,
      reconcileDryRun: dryRun,
    } = this.settings;
    return reconcileFolders({ parent, known: this.#usedFolders, graceSeconds, dryRun }, this.#logger);
  }

  /** Resolves when nothing of the containers that have ended is left here. */
  async close(): Promise<void> {
    await Promise.all(this.#removals);
  }

  #startApp(app: WantedApp, { folder }: HeldPackage): Promise<AppHost> {
    const { appVersionId, environment, needs } = app;
    const order = { ...needs, appVersionId, environment, packageFolder: folder };
    return this.#slots.run(() => AppHost.start(this.equipment, order));
  }

  async #remove(codeFolder: string): Promise<void> {
    const removal = removeLocked(codeFolder).catch((error: unknown) => {
      this.#logger.warn(`${codeFolder} is removed later. ${(error as Error).message}`);
    });
    this.#removals.add(removal);
    await removal;
    this.#removals.delete(removal);
    this.#usedFolders.delete(basename(codeFolder));
  }
}

async function holding({ release }: HeldPackage, start: () => Promise<AppHost>): Promise<AppHost> {
  try {
    const host = await start();
    void host.over.then(release, release);
    return host;
  } catch (error) {
    release();
    throw error;
  }
}
