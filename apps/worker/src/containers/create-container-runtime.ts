import type { ContainerRuntime } from './container-runtime.js';
import { chooseRuntime, type RuntimeChoice, type RuntimeFacts } from './choose-runtime.js';
import { DockerContainerRuntime } from './docker/docker-container-runtime.js';
import type { DockerSettings } from './docker/docker-settings.js';
import { probeEngine } from './docker/probe-engine.js';
import { ProcessContainerRuntime } from './process/process-container-runtime.js';
import type { ProcessSettings } from './process/process-settings.js';

/** Settings of every adapter and of the choice between them. */
export interface RuntimeSettings extends Omit<RuntimeFacts, 'engine'> {
  readonly docker: DockerSettings;
  readonly process: ProcessSettings;
}

/** Thrown when no runtime may be used: the operator must install an engine or change a setting. */
export class RuntimeRefusedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RuntimeRefusedError';
  }
}

/** A runtime that was chosen, not prepared yet. */
export interface ChosenRuntime {
  readonly runtime: ContainerRuntime;
  /** For the log and the portal. */
  readonly warning?: string;
}

/** Asks the engine whether it is there where the choice depends on it, and makes the runtime. Throws `RuntimeRefusedError`. */
export async function createContainerRuntime(settings: RuntimeSettings): Promise<ChosenRuntime> {
  const choice = await choose(settings);
  if (choice.kind === 'refused') throw new RuntimeRefusedError(choice.reason);
  if (choice.kind === 'docker') return { runtime: new DockerContainerRuntime(settings.docker) };
  return { runtime: new ProcessContainerRuntime(settings.process), warning: choice.warning };
}

async function choose(settings: RuntimeSettings): Promise<RuntimeChoice> {
  if (settings.setting !== 'auto') return chooseRuntime({ ...settings, engine: { usable: true } });
  return chooseRuntime({ ...settings, engine: await probeEngine(settings.docker) });
}
