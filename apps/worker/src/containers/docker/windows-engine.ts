import type { HostConfig } from 'dockerode';
import type { ContainerSpec } from '../container-runtime.js';
import type { IsolationSetting } from './docker-settings.js';
import type { ConfinementFacts, ContainerPaths, EngineDialect } from './engine-dialect.js';
import type { EngineFacts } from './engine-suitability.js';
import { windowsBuild } from './windows-build.js';
import { readWindowsExitCode } from '../windows-exit-code.js';

/** How a Windows engine keeps containers apart: sharing the kernel, or each in a small virtual machine. */
export type WindowsIsolation = 'process' | 'hyperv';

/** The app's folder is where it is in our image; the engine makes it when the image has none. */
const PATHS: ContainerPaths = { app: 'C:\\home\\site\\wwwroot', slash: '\\' };

/** Older builds give a virtual machine whole processors only. */
const FRACTIONS_OF_PROCESSORS_SINCE_BUILD = 16175;

/** An engine whose containers are Windows, as it describes itself and as the operator wants them kept apart. */
export function windowsEngine(facts: EngineFacts, setting: IsolationSetting): EngineDialect {
  const isolation = isolationOf(facts, setting);
  return {
    os: 'windows',
    paths: PATHS,
    // Servercore images would else run as ContainerAdministrator.
    user: 'ContainerUser',
    isolation,
    // The engine suspends a virtual machine, and has no way to freeze the processes of a shared kernel.
    canPause: isolation === 'hyperv',
    // Its update takes no limits of processors.
    canUpdate: false,
    cpuTimeUnitSeconds: 1e-7,
    // The registry inside adds variables, without which Node does not even open a socket (SystemRoot).
    canPrewarm: false,
    canMakeImage: false,
    sharedNetwork: 'nat',
    readExitCode: readWindowsExitCode,
    networkProblem: (policy) =>
      policy === 'outbound'
        ? undefined
        : `Windows containers are all on the network "nat", which leads outwards: the network policy "${policy}" can not be ` +
          'kept there. Use "outbound", or run this app where containers are Linux.',
    cpuLimits: ({ cpus }) => processors(cpus, facts, isolation),
    hostConfig: (spec, surroundings) => ({
      Isolation: isolation,
      Memory: spec.limits.memoryBytes,
      ...processors(spec.limits.cpus, facts, isolation),
      ...surroundingsOf(spec, surroundings),
    }),
  };
}

/** What the operator says; else what the engine does by default. */
export function isolationOf(facts: EngineFacts, setting: IsolationSetting): WindowsIsolation {
  if (setting !== 'default') return setting;
  return facts.Isolation === 'hyperv' ? 'hyperv' : 'process';
}

/**
 * In a shared kernel a job object's rate, to a hundredth of a processor; in a virtual machine a number of processors.
 * The engine refuses more than the machine has.
 */
function processors(cpus: number, facts: EngineFacts, isolation: WindowsIsolation): HostConfig {
  const available = Math.min(cpus, facts.NCPU ?? cpus);
  const build = windowsBuild(facts) ?? 0;
  const mustBeWhole = isolation === 'hyperv' && build < FRACTIONS_OF_PROCESSORS_SINCE_BUILD;
  if (isolation === 'hyperv' && (mustBeWhole || Number.isInteger(available))) {
    return { CpuCount: Math.ceil(available) };
  }
  return { NanoCpus: Math.round(available * 100) * 1e7 };
}

/**
 * Left out is what a Windows engine refuses or has no meaning for: capabilities, security options, a read-only root, tmpfs,
 * swap, the number of processes, ulimits, an init process.
 */
function surroundingsOf(spec: ContainerSpec, { networkId }: ConfinementFacts): HostConfig {
  return {
    Mounts: [{ Type: 'bind', Source: spec.packageFolder, Target: PATHS.app, ReadOnly: true }],
    NetworkMode: networkId,
    RestartPolicy: { Name: 'no' },
    AutoRemove: false,
    LogConfig: { Type: 'none', Config: {} },
  };
}
