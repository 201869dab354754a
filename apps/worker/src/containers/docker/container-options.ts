import type { ContainerCreateOptions } from 'dockerode';
import type { ContainerSpec } from '../container-runtime.js';
import { languageWorkerArguments, languageWorkerEnvironment } from '../language-worker-command.js';
import type { CommandLine } from '../language-workers/command-line.js';
import type { AppRuntime } from '../language-workers/language-worker.js';
import type { DockerSettings } from './docker-settings.js';
import type { EngineDialect } from './engine-dialect.js';
import { containerLabels, type Owner } from './labels.js';

/** What a container is made of besides its spec. */
export interface ContainerSurroundings {
  readonly dialect: EngineDialect;
  readonly settings: Pick<DockerSettings, 'namePrefix'>;
  readonly owner: Owner;
  readonly image: string;
  readonly runtime: AppRuntime;
  readonly command: CommandLine;
  readonly networkId: string;
  /** The control group that it is put into; undefined: the engine's own. */
  readonly cgroupParent: string | undefined;
  /** For its hosts file: `name:address`. */
  readonly extraHosts: readonly string[];
  /** The name or address under which the container reaches the FunctionRpc host. */
  readonly channelHost: string;
  readonly createdAt: Date;
}

/** A spec in the engine's words. */
export function containerOptions(
  spec: ContainerSpec,
  surroundings: ContainerSurroundings,
): ContainerCreateOptions {
  const { settings, owner, image, dialect, command, runtime, cgroupParent } = surroundings;
  const { app } = dialect.paths;
  return {
    name: `${settings.namePrefix}${spec.id}`,
    Image: image,
    User: dialect.user,
    WorkingDir: app,
    // In place of the image's own, which would start something else, or get our arguments.
    Entrypoint: [command.executable],
    Cmd: [...command.arguments, ...languageWorkerArguments(channelTarget(spec, surroundings))],
    Env: environmentList(
      languageWorkerEnvironment(spec.environment, { worker: command.workerDirectory, app }, runtime),
    ),
    Labels: containerLabels(owner, spec, surroundings.createdAt),
    AttachStdout: true,
    AttachStderr: true,
    // A terminal would mix the two outputs, and on Windows keep the order to shut down from the process.
    Tty: false,
    HostConfig: {
      ...dialect.hostConfig(spec, surroundings),
      ...(cgroupParent !== undefined && { CgroupParent: cgroupParent }),
    },
  };
}

function channelTarget(
  spec: ContainerSpec,
  { channelHost }: ContainerSurroundings,
): Parameters<typeof languageWorkerArguments>[0] {
  return {
    host: channelHost,
    port: spec.channelPort,
    token: spec.token,
    containerId: spec.id,
    maxMessageBytes: spec.maxMessageBytes,
  };
}

function environmentList(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}
