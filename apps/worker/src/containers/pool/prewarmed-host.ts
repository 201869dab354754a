import { fillFolder } from '../../packages/fill-folder.js';
import { AppHost } from './app-host.js';
import type { ContainerNeeds } from './container-needs.js';
import { PLACEHOLDER_ENVIRONMENT } from './environment.js';
import type { HostEquipment } from './host-equipment.js';
import { readyApp } from './ready-app.js';
import { orExit, startLanguageWorker, type StartedLanguageWorker } from './start-language-worker.js';

/** Stands in the label for the app version that it will have. */
const NO_VERSION = 'prewarmed';

/** The app that a prewarmed container is to have. */
export interface ComingApp {
  /** Unpacked, on this machine. */
  readonly packageFolder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A container whose language worker has no app yet.
 *
 * Its life: `start` brings it from nothing to **waiting**, or fails and leaves nothing. From there it becomes an `AppHost` by
 * `specialise`, or goes: by `discard`, because its process or its stream ends, or because it could not be specialised.
 */
export class PrewarmedHost {
  /** Resolves when the container has ended, with an app or without. Never rejects. */
  readonly over: Promise<unknown>;
  #isWaiting = true;

  private constructor(
    private readonly started: StartedLanguageWorker,
    private readonly codeFolder: string,
  ) {
    const { container, channel } = started;
    void channel.closed.then(() => (this.#isWaiting ? container.kill() : undefined));
    this.over = container.exited;
  }

  /**
   * @param codeFolder an empty folder of this container's own, where its app will be
   * Throws `EngineUnavailableError`, `ChannelTimeoutError`, and an Error when the language worker does not come up.
   */
  static async start(
    equipment: HostEquipment,
    needs: ContainerNeeds,
    codeFolder: string,
  ): Promise<PrewarmedHost> {
    const order = {
      ...needs,
      appVersionId: NO_VERSION,
      packageFolder: codeFolder,
      environment: PLACEHOLDER_ENVIRONMENT,
    };
    const started = await startLanguageWorker(equipment, order, async ({ container, channel }) => {
      await channel.initialise();
      // Looked up now, while nobody waits.
      await container.environmentWith({});
    });
    return new PrewarmedHost(started, codeFolder);
  }

  /** Gives it its app. Throws `AppLoadError`, `ChannelTimeoutError`, `ChannelClosedError`, `EvictedError`, or why its folder was not to be filled. */
  async specialise({ packageFolder, environment }: ComingApp): Promise<AppHost> {
    const { container, channel, hold } = this.started;
    this.#isWaiting = false;
    try {
      await fillFolder(packageFolder, this.codeFolder);
      const loaded = channel.specialise({
        packageFolder,
        appDirectory: container.appDirectory,
        environment: await container.environmentWith(environment),
      });
      return new AppHost(this.started, await hold.starting(orExit(container, readyApp(container, loaded))));
    } catch (error) {
      await container.kill();
      throw error;
    }
  }

  /** Ends it while it waits. */
  async discard(): Promise<void> {
    await this.started.container.kill();
  }
}
