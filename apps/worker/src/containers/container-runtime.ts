import type { NetworkAccess } from '#shared/domain/container-settings.js';
import type { CpuLimits, CpuShare } from './cpu/cpu-share.js';
import type { ExitCause } from './exit-cause.js';

/** What a container is started with. It holds one language worker and one function app (or none yet). */
export interface ContainerSpec {
  /** Also the container's name, behind a prefix. */
  readonly id: string;
  /** The one-time token that the language worker must open its stream with; goes in as the FunctionRpc worker id. */
  readonly token: string;
  /**
   * The unpacked app's folder on this machine: mounted read-only. Everybody must be able to read it: the user inside is nobody
   * here. For a container that is to get its app later an empty folder: what is put into it shows inside.
   */
  readonly packageFolder: string;
  /** The app's settings, and nothing else of ours. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: ContainerLimits;
  /** What the code inside may reach besides the FunctionRpc host. */
  readonly network: NetworkAccess;
  /** Port of the FunctionRpc host on the address that `ContainerRuntime.channelHost` told it to listen on. */
  readonly channelPort: number;
  readonly maxMessageBytes: number;
  /** For the labels: what the container is for. */
  readonly appVersionId: string;
}

export interface ContainerLimits extends CpuShare {
  /** Memory and swap together; what is written to `/tmp` counts towards it. */
  readonly memoryBytes: number;
  /** Processes and threads. */
  readonly pids: number;
  /** Size of the only folder that can be written to. */
  readonly tmpBytes: number;
}

/** How a container ended. */
export interface ContainerExit {
  /** Null when it is not known (the engine lost it). */
  readonly exitCode: number | null;
  readonly cause: ExitCause;
  /** The last of what it wrote to stderr, cut to some KiB. */
  readonly lastStderr: string;
}

/** A line that the process inside wrote by itself (`console.log`), not through the protocol. */
export interface ContainerOutputLine {
  readonly stream: 'stdout' | 'stderr';
  /** Cut at 32 KiB, with `…` at its end. */
  readonly text: string;
}

/** What a container has used of processors and memory. */
export interface ContainerUse {
  /** Since its start, in core-seconds. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** A container that was started. */
export interface RunningContainer {
  readonly id: string;
  /** Its id in the engine; null for a plain process. */
  readonly engineId: string | null;
  /** The app's folder as the language worker sees it (for FunctionRpc messages). */
  readonly appDirectory: string;
  /** Resolves once, when it has ended, however it did. Never rejects. */
  readonly exited: Promise<ContainerExit>;
  onOutput(listener: (line: ContainerOutputLine) => void): void;
  /** Ends it now and removes what it left, paused or not. Idempotent; resolves when it is gone. */
  kill(): Promise<void>;
  /**
   * The whole environment that its language worker would have, had the container been started with these settings of an app:
   * for a language worker that replaces its environment. Only where `ContainerRuntime.canPrewarm`. Throws `EngineUnavailableError`.
   */
  environmentWith(settings: Readonly<Record<string, string>>): Promise<Record<string, string>>;
  /** Stops it from running until `resume`; its memory stays. Only where `ContainerRuntime.canPause`. Throws `EngineUnavailableError`. */
  pause(): Promise<void>;
  /** Throws `EngineUnavailableError`. */
  resume(): Promise<void>;
  /**
   * Starts an HTTP relay in its network: it opens tunnels to the FunctionRpc host's address, with the container's token, and
   * leads them to a port of the container's loopback. It goes with the container. For language workers that have none of their
   * own. Throws `EngineUnavailableError`.
   */
  relayHttp(serverPort: number): Promise<void>;
  /** From now on. False: its engine can't change what runs. Throws `EngineUnavailableError`. */
  limitCpu(share: CpuShare): Promise<boolean>;
  /** What the engine has counted of it; null: it is gone, or there is no engine. Throws `EngineUnavailableError`. */
  readUse(): Promise<ContainerUse | null>;
}

/** Thrown when the engine can't be reached, does not answer in time or is too slow. The work is not to blame. */
export class EngineUnavailableError extends Error {
  /** `slow`: it answers, but later than it may. `refused`: it is well, and does not do what it was asked. */
  readonly kind: 'down' | 'slow' | 'refused';

  constructor(
    message: string,
    options: ErrorOptions & { readonly kind?: EngineUnavailableError['kind'] } = {},
  ) {
    super(message, options);
    this.name = 'EngineUnavailableError';
    this.kind = options.kind ?? 'down';
  }
}

/** What tells one machine's runtime from another's. */
export interface RuntimeTraits {
  /** Null where there is no engine, or nothing is known of it yet. */
  readonly engineVersion: string | null;
  /** How containers are kept apart: `process` (they share a kernel), `hyperv`, or `none`. Null while it is not known. */
  readonly isolation: 'process' | 'hyperv' | 'none' | null;
}

/**
 * Runs language workers, isolated as well as the adapter can. `docker` isolates; `process` does not and is for a developer's
 * machine without an engine.
 */
export abstract class ContainerRuntime {
  abstract readonly kind: 'docker' | 'process';
  /** For which system's apps its containers are; known once `prepare` is through. */
  abstract readonly os: 'linux' | 'windows';
  /** Whether a container can be kept from running while it is idle; known once `prepare` is through. */
  abstract readonly canPause: boolean;
  /** Whether a container can get its app after its start; known once `prepare` is through. */
  abstract readonly canPrewarm: boolean;
  /** For people who look at the machine; known once `prepare` is through. */
  abstract readonly traits: RuntimeTraits;
  /** Whether its containers use the processors and the memory of this machine; known before `prepare`. */
  get isHere(): boolean {
    return true;
  }
  /** Whether all its containers can be limited together; known once `prepare` is through. */
  get bindsTogether(): boolean {
    return false;
  }
  /** Limits them, those that run too. Only where `bindsTogether`. Throws what the system says. */
  limitTogether(_limits: CpuLimits): Promise<void> {
    return Promise.reject(new Error('Nothing binds the containers together.'));
  }
  /**
   * Makes ready what containers need (image, network) and removes what an earlier life of this worker left behind.
   * Returns the address on this machine that the FunctionRpc host must listen on so that containers reach it.
   * Throws `EngineUnavailableError`.
   */
  abstract prepare(): Promise<{ readonly channelHost: string }>;
  /** Asks the engine whether it is well. Throws `EngineUnavailableError`, also when it answers, but too slowly to work with. */
  abstract check(): Promise<void>;
  /** Throws `EngineUnavailableError`; nothing stays of a start that failed. */
  abstract start(spec: ContainerSpec): Promise<RunningContainer>;
  /**
   * Removes what this worker's runtime has made and nobody owns any more, such as a container that started although its start
   * seemed to fail; logs each removal with its reason. Throws `EngineUnavailableError`.
   */
  abstract reconcile(): Promise<void>;
  /** Kills what is still running and removes what `prepare` made for this worker alone. */
  abstract close(): Promise<void>;
}
