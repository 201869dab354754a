import type { HostConfig } from 'dockerode';
import type { ContainerSpec } from '../container-runtime.js';
import type { CpuShare } from '../cpu/cpu-share.js';
import type { ConfinementFacts, EngineDialect } from './engine-dialect.js';
import { CONTAINER_USER, IN_CONTAINER } from './image/image-layout.js';

/** An engine whose containers are Linux, on whatever machine. */
export const linuxEngine: EngineDialect = {
  os: 'linux',
  paths: { app: IN_CONTAINER.app, slash: '/' },
  user: CONTAINER_USER,
  isolation: 'process',
  canPause: true,
  canUpdate: true,
  cpuTimeUnitSeconds: 1e-9,
  canPrewarm: true,
  canMakeImage: true,
  sharedNetwork: undefined,
  readExitCode: (exitCode) => ({ exitCode, outOfMemory: false }),
  networkProblem: () => undefined,
  cpuLimits,
  hostConfig: (spec, facts) => ({ ...limits(spec), ...confinement(spec, facts) }),
};

/** The engine's shares for the usual weight of 100: what it gives a container that asks for nothing. */
const USUAL_SHARES = 1024;
/** The engine refuses fewer. */
const LEAST_SHARES = 2;

function cpuLimits({ cpus, cpuWeight }: CpuShare): HostConfig {
  return {
    NanoCpus: Math.round(cpus * 1e9),
    CpuShares: Math.max(LEAST_SHARES, Math.round((cpuWeight / 100) * USUAL_SHARES)),
  };
}

function limits({ limits: { memoryBytes, pids, ...share } }: ContainerSpec): HostConfig {
  return {
    // Equal: no swap. Swapping would slow the machine down for its owner.
    Memory: memoryBytes,
    MemorySwap: memoryBytes,
    ...cpuLimits(share),
    PidsLimit: pids,
    Ulimits: [
      { Name: 'nofile', Soft: 4096, Hard: 4096 },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
    // When the machine itself runs out of memory, functions go before whatever its owner has open.
    OomScoreAdj: 500,
  };
}

function confinement(spec: ContainerSpec, { networkId, extraHosts }: ConfinementFacts): HostConfig {
  return {
    ReadonlyRootfs: true,
    // A mount, not a "bind": for a folder that is not there the engine then refuses instead of making one.
    Mounts: [{ Type: 'bind', Source: spec.packageFolder, Target: IN_CONTAINER.app, ReadOnly: true }],
    Tmpfs: { '/tmp': `rw,nosuid,nodev,exec,mode=1777,size=${spec.limits.tmpBytes}` },
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    NetworkMode: networkId,
    // The engine's resolver would pass names on, and with them data, whatever the policy; loopback inside answers nothing. Names of
    // an allow list stand in the hosts file.
    ...(spec.network.policy === 'outbound' ? {} : { Dns: ['127.0.0.1'], ExtraHosts: [...extraHosts] }),
    // A process 1 that reaps what a function's children leave, and that dies of signals as any other process does.
    Init: true,
    RestartPolicy: { Name: 'no' },
    // Removed by us, after its exit has been looked at.
    AutoRemove: false,
    // Output is read from the attach stream: nothing of it may pile up on the disk.
    LogConfig: { Type: 'none', Config: {} },
  };
}
