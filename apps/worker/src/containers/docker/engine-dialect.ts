import type { HostConfig } from 'dockerode';
import type { NetworkPolicy } from '#shared/domain/container-settings.js';
import type { ContainerSpec } from '../container-runtime.js';
import type { CpuShare } from '../cpu/cpu-share.js';
import type { ReadExitCode } from '../windows-exit-code.js';

/** Where things are inside a container. */
export interface ContainerPaths {
  readonly app: string;
  /** Between a folder and a file in it. */
  readonly slash: '/' | '\\';
}

/** What a container's confinement depends on besides its spec. */
export interface ConfinementFacts {
  readonly networkId: string;
  /** For its hosts file: `name:address`. */
  readonly extraHosts: readonly string[];
}

/** All that differs between engines whose containers are Linux and engines whose containers are Windows. */
export interface EngineDialect {
  readonly os: 'linux' | 'windows';
  readonly paths: ContainerPaths;
  /** Whom the processes inside run as: never an administrator. */
  readonly user: string;
  /** How containers are kept apart: by sharing a kernel, or each in a virtual machine. */
  readonly isolation: 'process' | 'hyperv';
  /** Whether idle containers can be frozen. Where not, they are removed instead. */
  readonly canPause: boolean;
  /** Whether limits of a container that runs can be changed. */
  readonly canUpdate: boolean;
  /** What the engine's word for processor time is worth, in seconds. */
  readonly cpuTimeUnitSeconds: number;
  /** Whether all of a process' environment is known, so that a language worker can be told to replace it. */
  readonly canPrewarm: boolean;
  /** Whether an image can be made of this machine's own Node; where not, one must be given. */
  readonly canMakeImage: boolean;
  /** A network that the engine brings along, used as it is; undefined where one of our own is made. */
  readonly sharedNetwork: string | undefined;
  /** An exit code, as on Linux; `outOfMemory` when it says that by itself. */
  readonly readExitCode: (code: number) => ReadExitCode;
  /** Why a network policy can't be kept on this engine, as a sentence; undefined when it can. */
  networkProblem(policy: NetworkPolicy): string | undefined;
  /** A share of the processor in the engine's words. Only where `canUpdate`. */
  cpuLimits(share: CpuShare): HostConfig;
  /** Limits, mounts, network, privileges: everything about a container that the platform decides. */
  hostConfig(spec: ContainerSpec, facts: ConfinementFacts): HostConfig;
}
