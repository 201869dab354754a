import type { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  ContainerExit,
  ContainerOutputLine,
  ContainerSpec,
  ContainerUse,
  RunningContainer,
} from '../container-runtime.js';
import type { CpuShare } from '../cpu/cpu-share.js';
import { languageWorkerEnvironment } from '../language-worker-command.js';
import { exitCause } from '../exit-cause.js';
import type { ContainerOutput } from '../output/container-output.js';
import { useOf } from './container-stats.js';
import { environmentInside } from './environment-inside.js';
import type { EngineDialect } from './engine-dialect.js';
import { engineStatus, unlessGone, type Engine } from './engine.js';
import type { RelayContainer } from './relay/relay-container.js';
import { removeContainer } from './remove-container.js';
import { StoppedContainerWatch } from './stopped-container-watch.js';

/** The engine closes the output when the container has ended; if it does not, what came so far must do. */
const OUTPUT_GRACE_SECONDS = 5;

/** A container in the engine, with who reads its output. */
export interface StartedContainer {
  readonly spec: Pick<ContainerSpec, 'id' | 'environment'>;
  readonly engineId: string;
  /** As the language worker sees them. */
  readonly paths: { readonly app: string; readonly languageWorker: string };
  readonly dialect: Pick<EngineDialect, 'readExitCode' | 'canUpdate' | 'cpuLimits' | 'cpuTimeUnitSeconds'>;
  readonly relay: RelayContainer;
  readonly output: ContainerOutput;
  /** Resolves when the output is over. */
  readonly outputEnded: Promise<void>;
}

/**
 * A container from its start on. It *runs* until its process ends or `kill` makes it; then it is *stopped*, and the engine still
 * knows how it ended; once that has been read (`exited`), it is *removed* (`gone`). Nothing removes it before its end was read,
 * `kill` neither: whoever kills a container because its stream broke wants to know what it had died of.
 * An engine that can't be asked for a while makes it *lost*: it counts as ended, and the next sweep removes it.
 */
export class DockerContainer implements RunningContainer {
  readonly id: string;
  readonly engineId: string;
  readonly appDirectory: string;
  readonly exited: Promise<ContainerExit>;
  /** Resolves when the engine has it no more: true; or when that is not certain: false. Never rejects. */
  readonly gone: Promise<boolean>;
  private readonly watch: StoppedContainerWatch;
  private killing: Promise<void> | undefined;
  private surroundings: Promise<Record<string, string>> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly started: StartedContainer,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.id = started.spec.id;
    this.engineId = started.engineId;
    this.appDirectory = started.paths.app;
    this.watch = new StoppedContainerWatch(
      engine,
      started.engineId,
      started.dialect.readExitCode,
      started.outputEnded,
    );
    this.exited = this.end();
    this.gone = this.exited.then(() => this.remove());
  }

  onOutput(listener: (line: ContainerOutputLine) => void): void {
    this.started.output.onLine(listener);
  }

  async environmentWith(settings: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    this.surroundings ??= this.readSurroundings();
    const { languageWorker: worker, app } = this.started.paths;
    return languageWorkerEnvironment({ ...(await this.surroundings), ...settings }, { worker, app });
  }

  async pause(): Promise<void> {
    await this.engine.pausing('pause a container', (docker, abortSignal) =>
      docker.getContainer(this.started.engineId).pause({ abortSignal }),
    );
  }

  async resume(): Promise<void> {
    await this.engine.pausing('resume a container', (docker, abortSignal) =>
      docker.getContainer(this.started.engineId).unpause({ abortSignal }),
    );
  }

  relayHttp(serverPort: number): Promise<void> {
    return this.started.relay.start(serverPort);
  }

  async limitCpu(share: CpuShare): Promise<boolean> {
    const { canUpdate, cpuLimits } = this.started.dialect;
    if (!canUpdate) return false;
    await unlessGone(
      this.engine.command('limit a container', (docker, abortSignal) =>
        docker.getContainer(this.started.engineId).update({ ...cpuLimits(share), abortSignal }),
      ),
    );
    return true;
  }

  async readUse(): Promise<ContainerUse | null> {
    try {
      const stats = await this.engine.query('count what a container uses', (docker, abortSignal) =>
        // The type lacks the signal, which dockerode takes here as well. One reading, without waiting for a second to compare with.
        docker.getContainer(this.started.engineId).stats({
          stream: false,
          'one-shot': true,
          abortSignal,
        } as { stream: false }),
      );
      return useOf(stats, this.started.dialect.cpuTimeUnitSeconds);
    } catch (error) {
      if (engineStatus(error) === 404 || engineStatus(error) === 409) return null;
      throw error;
    }
  }

  kill(): Promise<void> {
    this.killing ??= this.killOnce();
    return this.killing;
  }

  private async killOnce(): Promise<void> {
    this.watch.expectKill();
    try {
      await this.engine.command('kill a container', (docker, abortSignal) =>
        docker.getContainer(this.started.engineId).kill({ signal: 'SIGKILL', abortSignal }),
      );
    } catch (error) {
      // 404 and 409: it has ended by itself. Otherwise the watch goes on trying.
      const status = engineStatus(error);
      if (status !== 404 && status !== 409) this.watch.killWhenPossible();
    }
    await this.gone;
  }

  /** Asked once: it does not change. */
  private async readSurroundings(): Promise<Record<string, string>> {
    try {
      const { Config } = await this.engine.query('look at a container', (docker, abortSignal) =>
        docker.getContainer(this.started.engineId).inspect({ abortSignal }),
      );
      return environmentInside(Config, Object.keys(this.started.spec.environment));
    } catch (error) {
      this.surroundings = undefined;
      throw error;
    }
  }

  private async end(): Promise<ContainerExit> {
    const facts = await this.watch.stopped();
    await Promise.race([
      this.started.outputEnded,
      delay(OUTPUT_GRACE_SECONDS * 1000, undefined, { ref: false }),
    ]);
    this.started.output.end();
    const lastStderr = this.started.output.lastStderr();
    return { exitCode: facts.exitCode, cause: exitCause({ ...facts, lastStderr }), lastStderr };
  }

  private async remove(): Promise<boolean> {
    await this.started.relay.remove();
    try {
      await removeContainer(this.engine, this.started.engineId);
      return true;
    } catch (error) {
      this.logger.warn(`The container ${this.id} will be removed later. ${(error as Error).message}`);
      return false;
    }
  }
}
