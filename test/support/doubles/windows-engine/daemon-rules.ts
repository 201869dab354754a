import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';

/** What the rules of a Windows engine depend on. */
export interface DaemonFacts {
  readonly cpus: number;
  readonly defaultIsolation: 'process' | 'hyperv';
  /** Whether there is such a folder on the machine. */
  readonly hasFolder: (windowsPath: string) => boolean;
}

/** A rule gives the engine's message when it is broken. */
type Rule = (options: ContainerCreateOptions, host: HostConfig, facts: DaemonFacts) => string | undefined;

const not = (isBroken: boolean | undefined, message: string): string | undefined =>
  isBroken ? message : undefined;
const unsupported = (name: string, value: unknown): string | undefined =>
  not(isSet(value), `invalid option: Windows does not support ${name}`);

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== 0 && value !== '' && value !== false;
}

/**
 * What moby's Windows daemon refuses at creation, in its words. Read in moby/moby at commit b985e2313a86:
 * R = daemon/internal/runconfig/hostconfig_windows.go, D = daemon/daemon_windows.go (verifyPlatformContainerResources),
 * C = daemon/container.go (validateHostConfig), M = daemon/volume/mounts/windows_parser.go (validateMountConfigReg).
 */
const CREATE_RULES: readonly Rule[] = [
  // R, validatePrivileged, validateReadonlyRootfs
  (_, host) =>
    not(host.Privileged, 'invalid option: privileged mode is not supported for Windows containers'),
  (_, host) =>
    not(host.ReadonlyRootfs, 'invalid option: read-only mode is not supported for Windows containers'),
  // R, validateIsolation; C
  (_, host) =>
    not(
      !['', 'default', 'process', 'hyperv'].includes(host.Isolation ?? ''),
      `invalid isolation (${host.Isolation}): Windows supports 'default', 'process', or 'hyperv'`,
    ),
  // R, validateNetMode
  (_, host, facts) =>
    not(
      host.NetworkMode?.startsWith('container:') && isolationOf(host, facts) === 'hyperv',
      'invalid network-mode: using the network stack of another container is not supported while using Hyper-V Containers',
    ),
  // R, validateResources
  (_, host) =>
    not(
      isSet(host.CpuRealtimePeriod),
      'invalid option: CPU real-time period is not supported for Windows containers',
    ),
  (_, host) =>
    not(
      isSet(host.CpuRealtimeRuntime),
      'invalid option: CPU real-time runtime is not supported for Windows containers',
    ),
  // D
  (_, host) =>
    not((host.CpuShares ?? 0) < 0 || (host.CpuShares ?? 0) > 10_000, 'range of CPUShares is from 1 to 10000'),
  (_, host) =>
    not((host.CpuPercent ?? 0) < 0 || (host.CpuPercent ?? 0) > 100, 'range of CPUPercent is from 1 to 100'),
  (_, host) => not((host.CpuCount ?? 0) < 0, 'invalid CPUCount: CPUCount cannot be negative'),
  (_, host) =>
    not(
      isSet(host.NanoCpus) && isSet(host.CpuPercent),
      'conflicting options: Nano CPUs and CPU Percent cannot both be set',
    ),
  (_, host) =>
    not(
      isSet(host.NanoCpus) && isSet(host.CpuShares),
      'conflicting options: Nano CPUs and CPU Shares cannot both be set',
    ),
  (_, host, { cpus }) =>
    not(
      (host.NanoCpus ?? 0) < 0 || (host.NanoCpus ?? 0) > cpus * 1e9,
      `range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`,
    ),
  (_, host) => unsupported('BlkioDeviceReadBps', host.BlkioDeviceReadBps),
  (_, host) => unsupported('BlkioDeviceWriteBps', host.BlkioDeviceWriteBps),
  (_, host) => unsupported('BlkioWeight', host.BlkioWeight),
  (_, host) => unsupported('CgroupParent', host.CgroupParent),
  (_, host) => unsupported('CPUPeriod', host.CpuPeriod),
  (_, host) => unsupported('CpusetCpus', host.CpusetCpus),
  (_, host) => unsupported('CpusetMems', host.CpusetMems),
  (_, host) => unsupported('MemoryReservation', host.MemoryReservation),
  (_, host) => unsupported('MemorySwap', host.MemorySwap),
  (_, host) =>
    not(host.MemorySwappiness !== undefined, 'invalid option: Windows does not support MemorySwappiness'),
  (_, host) => unsupported('OomKillDisable', host.OomKillDisable),
  (_, host) => unsupported('PidsLimit', host.PidsLimit),
  (_, host) => unsupported('Ulimits', host.Ulimits),
  // C, M
  (_, host, facts) => (host.Mounts ?? []).map((mount) => mountProblem(mount, facts)).find(isSet),
];

/** M: what a bind mount must be. Windows has no tmpfs: that is an unknown type of mount. */
function mountProblem(mount: MountSettings, { hasFolder }: DaemonFacts): string | undefined {
  const invalid = (what: string): string => `invalid mount config for type "${mount.Type}": ${what}`;
  if (!mount.Target) return invalid('field Target must not be empty');
  if (/^c:[\\/]?$/i.test(mount.Target))
    return invalid(`destination path cannot be \`c:\` or \`c:\\\`: ${mount.Target}`);
  if (!isAbsolute(mount.Target)) return invalid(`invalid mount path: '${mount.Target}'`);
  if (mount.Type !== 'bind') return invalid('mount type unknown');
  if (!mount.Source) return invalid('field Source must not be empty');
  if (!isAbsolute(mount.Source))
    return invalid(`invalid mount path: '${mount.Source}' mount path must be absolute`);
  if (!hasFolder(mount.Source)) return invalid(`bind source path does not exist: ${mount.Source}`);
  return undefined;
}

function isAbsolute(path: string): boolean {
  return /^(\\\\\?\\)?[a-z]:([\\/][^\\/:*?"<>\r\n]+)*[\\/]?$/i.test(path);
}

/** Why a Windows engine would not create a container; undefined when it would. */
export function createRefusal(options: ContainerCreateOptions, facts: DaemonFacts): string | undefined {
  const host = options.HostConfig ?? {};
  return CREATE_RULES.map((rule) => rule(options, host, facts)).find(isSet);
}

/**
 * What comes out only at the start: daemon/oci_windows.go (setWindowsCredentialSpec), and the container service of Windows itself,
 * which refuses images of a Windows that does not fit.
 */
export function startRefusal(
  options: ContainerCreateOptions,
  facts: DaemonFacts,
  builds: { readonly host: number; readonly image: number },
): string | undefined {
  const securityOptions: readonly string[] = options.HostConfig?.SecurityOpt ?? [];
  for (const option of securityOptions) {
    const [name, value] = option.split('=', 2);
    if (value === undefined) return `invalid security option: no equals sign in supplied value ${option}`;
    if (name?.toLowerCase() !== 'credentialspec') return `security option not supported: ${name}`;
  }
  const isOlder = builds.image < builds.host;
  const sharesKernel = isolationOf(options.HostConfig ?? {}, facts) === 'process';
  if (builds.image > builds.host || (isOlder && sharesKernel && builds.image < 20348)) {
    return 'The container operating system does not match the host operating system.';
  }
  return undefined;
}

/** What a Windows engine takes without a word and does not heed. Whoever asks for it believes in a protection that is not there. */
const IGNORED = [
  'CapAdd',
  'CapDrop',
  'Init',
  'OomScoreAdj',
  'PidMode',
  'ShmSize',
  'Tmpfs',
  'UsernsMode',
] as const;

/** Names of those that were asked for. */
export function ignoredOptions({ HostConfig: host = {} }: ContainerCreateOptions): string[] {
  return IGNORED.filter((name) => isSet(host[name]));
}

/** daemon/daemon_windows.go, runAsHyperVContainer. */
export function isolationOf(host: HostConfig, facts: DaemonFacts): 'process' | 'hyperv' {
  const { Isolation } = host;
  return Isolation === 'process' || Isolation === 'hyperv' ? Isolation : facts.defaultIsolation;
}
