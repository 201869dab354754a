import { Logger } from '@nestjs/common';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ContainerRuntime,
  EngineUnavailableError,
  type ContainerSpec,
  type RunningContainer,
  type RuntimeTraits,
} from '../container-runtime.js';
import { languageWorkerArguments, languageWorkerEnvironment, nodeFlags } from '../language-worker-command.js';
import { kill, killProcessTree } from './kill-process-tree.js';
import { ProcessContainer, type OutputProcess } from './process-container.js';
import { processesWithEnvironment, processIdentity } from './process-identity.js';
import { ProcessRecords, type ProcessRecord } from './process-records.js';
import type { ProcessSettings } from './process-settings.js';

const LOOPBACK = '127.0.0.1';
/** Marks a process and all that it starts, for the clean-up after a worker that was killed. */
const MARK = 'NIGHTJAR_CONTAINER_ID';

/**
 * Runs language workers as plain child processes. **This isolates nothing**: a function can read and write what this account
 * can, reach what this machine can, and start what it likes. Of the limits only memory is heeded, nearly: as the limit of V8's
 * heap. For a developer's machine without an engine.
 */
export class ProcessContainerRuntime extends ContainerRuntime {
  readonly kind = 'process';
  /** Apps for Linux run on a Mac as well, as far as they are plain Node. */
  readonly os = process.platform === 'win32' ? 'windows' : 'linux';
  /** An idle process costs next to nothing, and a stopped one that its worker leaves behind looks like a hung one. */
  readonly canPause = false;
  readonly traits: RuntimeTraits = { engineVersion: null, isolation: 'none' };
  readonly canPrewarm = true;
  private readonly logger = new Logger(ProcessContainerRuntime.name);
  private readonly records: ProcessRecords;
  private readonly running = new Map<string, ProcessContainer>();

  constructor(private readonly settings: ProcessSettings) {
    super();
    this.records = new ProcessRecords(join(settings.dataFolder, 'processes'));
  }

  async prepare(): Promise<{ readonly channelHost: string }> {
    await this.check();
    await this.reconcile();
    return { channelHost: LOOPBACK };
  }

  /** There is no grace: a process is known before it is recorded. */
  async reconcile(): Promise<void> {
    for (const record of await this.records.all()) {
      if (!this.running.has(record.containerId)) await this.removeLeftover(record);
    }
  }

  async check(): Promise<void> {
    const { folder, entry } = this.settings.languageWorker;
    for (const path of [this.settings.nodePath, join(folder, entry)]) {
      await access(path).catch((error: unknown) => {
        throw new EngineUnavailableError(`There is no ${path}.`, { cause: error });
      });
    }
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    const child = await this.spawn(spec);
    const recorded = this.record(spec.id, child.pid as number);
    const forget = (): Promise<void> => this.forget(spec.id, recorded);
    const environmentOf = (settings: ContainerSpec['environment']): Record<string, string> =>
      this.environmentOf({ ...spec, environment: settings });
    const container = new ProcessContainer(spec.id, spec.packageFolder, child, environmentOf, forget);
    this.running.set(spec.id, container);
    try {
      await recorded;
    } catch (error) {
      await container.kill();
      throw new EngineUnavailableError(`The process could not be recorded: ${(error as Error).message}`, {
        cause: error,
      });
    }
    return container;
  }

  async close(): Promise<void> {
    await Promise.all([...this.running.values()].map((container) => container.kill()));
  }

  private async spawn(spec: ContainerSpec): Promise<OutputProcess> {
    const { folder, entry } = this.settings.languageWorker;
    const target = { ...spec, host: LOOPBACK, port: spec.channelPort, containerId: spec.id };
    const child = spawn(
      this.settings.nodePath,
      [...nodeFlags(spec.limits.memoryBytes), join(folder, entry), ...languageWorkerArguments(target)],
      {
        cwd: spec.packageFolder,
        env: this.environmentOf(spec),
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own: killed as one, and not by the Ctrl-C that is meant for us.
        detached: true,
        windowsHide: true,
      },
    );
    try {
      await once(child, 'spawn');
      return child;
    } catch (error) {
      throw new EngineUnavailableError(`The process did not start: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  private environmentOf(
    spec: Pick<ContainerSpec, 'id' | 'packageFolder' | 'environment'>,
  ): Record<string, string> {
    const directories = { worker: this.settings.languageWorker.folder, app: spec.packageFolder };
    return {
      ...this.settings.baseEnvironment,
      ...languageWorkerEnvironment(spec.environment, directories),
      [MARK]: spec.id,
    };
  }

  private async record(containerId: string, pid: number): Promise<void> {
    const identity = await processIdentity(pid);
    // None: it has ended already.
    if (identity !== undefined) await this.records.add({ containerId, pid, identity });
  }

  private async forget(containerId: string, recorded: Promise<void>): Promise<void> {
    try {
      await recorded.catch(() => undefined);
      await this.records.remove(containerId);
    } catch (error) {
      // Harmless: the next life sees by its start that the process is another, or none.
      this.logger.warn(`A record of ${containerId} stays behind: ${(error as Error).message}`);
    }
    this.running.delete(containerId);
  }

  private async removeLeftover(record: ProcessRecord): Promise<void> {
    const { containerId, pid, identity } = record;
    if ((await processIdentity(pid)) === identity) {
      this.logger.log(`Killing process ${pid} (${containerId}): an earlier life of this worker started it.`);
      await killProcessTree(pid);
    }
    for (const marked of await processesWithEnvironment(`${MARK}=${containerId}`)) {
      this.logger.log(
        `Killing process ${marked}: ${containerId} of an earlier life of this worker started it.`,
      );
      kill(marked);
    }
    await this.records.remove(containerId);
  }
}
