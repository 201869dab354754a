/** What function code may reach besides its own worker, the strictest first. */
export const NETWORK_POLICIES = ['none', 'allowList', 'outbound'] as const;

export type NetworkPolicy = (typeof NETWORK_POLICIES)[number];

/** Where an allow list lets code go, over TCP: a host name, an IPv4 address or a range of them, and ports. */
export interface AllowedTarget {
  /** A DNS name in lower case, or IPv4 in CIDR notation (`10.1.2.3/32`). */
  readonly host: string;
  readonly firstPort: number;
  /** The same as `firstPort` for a single port. */
  readonly lastPort: number;
}

/** A network policy with what belongs to it. */
export type NetworkAccess =
  | { readonly policy: 'none' }
  | { readonly policy: 'outbound' }
  | { readonly policy: 'allowList'; readonly allow: readonly AllowedTarget[] };

/** What the containers of an app may take and reach. What is absent is as the worker's own settings say. */
export interface ContainerSettings {
  /** Memory and swap together; files in `/tmp` count towards it. */
  readonly memoryBytes?: number | undefined;
  /** Processors at most; may be a fraction. */
  readonly cpus?: number | undefined;
  /** Share against other containers while the processors are all busy; 100 is usual. */
  readonly cpuWeight?: number | undefined;
  /** Processes and threads at most. */
  readonly pids?: number | undefined;
  /** Size of `/tmp`, the only folder that can be written to. */
  readonly tmpBytes?: number | undefined;
  readonly network?: NetworkAccess | undefined;
}

/** What a container has in the end: nothing is left open. */
export type CompleteContainerSettings = {
  readonly [Name in keyof ContainerSettings]-?: NonNullable<ContainerSettings[Name]>;
};

/** The most that a machine gives to one container, whatever its app asks for. */
export interface ContainerCaps {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
  readonly tmpBytes: number;
  readonly network: NetworkPolicy;
}

/** A setting of an app that a machine does not follow whole. */
export interface ClampedSetting {
  readonly setting: keyof ContainerCaps;
  readonly wanted: number | string;
  readonly given: number | string;
}

/** What is over a machine's caps in an app's settings, and what it gets there instead. */
export function clampedSettings(settings: ContainerSettings, caps: ContainerCaps): readonly ClampedSetting[] {
  const clamped: ClampedSetting[] = [];
  for (const setting of ['memoryBytes', 'cpus', 'pids', 'tmpBytes'] as const) {
    const wanted = settings[setting];
    if (wanted !== undefined && wanted > caps[setting])
      clamped.push({ setting, wanted, given: caps[setting] });
  }
  const wanted = settings.network?.policy;
  const given = settings.network && withinPolicy(settings.network, caps.network).policy;
  if (wanted !== undefined && given !== undefined && wanted !== given) {
    clamped.push({ setting: 'network', wanted, given });
  }
  return clamped;
}

/** An app's settings completed by a machine's defaults and kept within its caps. */
export function effectiveSettings(
  settings: ContainerSettings,
  defaults: CompleteContainerSettings,
  caps: ContainerCaps,
): CompleteContainerSettings {
  const memoryBytes = Math.min(settings.memoryBytes ?? defaults.memoryBytes, caps.memoryBytes);
  return {
    memoryBytes,
    cpus: Math.min(settings.cpus ?? defaults.cpus, caps.cpus),
    cpuWeight: settings.cpuWeight ?? defaults.cpuWeight,
    pids: Math.min(settings.pids ?? defaults.pids, caps.pids),
    // What is written there is memory: more than there is could never be used.
    tmpBytes: Math.min(settings.tmpBytes ?? defaults.tmpBytes, caps.tmpBytes, memoryBytes),
    network: withinPolicy(settings.network ?? defaults.network, caps.network),
  };
}

/** A list that lets everything through is no list: whoever may go everywhere may not where lists are the most. */
function withinPolicy(network: NetworkAccess, most: NetworkPolicy): NetworkAccess {
  const isWithin = NETWORK_POLICIES.indexOf(network.policy) <= NETWORK_POLICIES.indexOf(most);
  return isWithin ? network : { policy: 'none' };
}

/** Names what the containers of two settings have in common: equal settings have equal names. For memory, not for storage. */
export function settingsKey(settings: ContainerSettings): string {
  const { memoryBytes, cpus, cpuWeight, pids, tmpBytes, network } = settings;
  return JSON.stringify([memoryBytes, cpus, cpuWeight, pids, tmpBytes, network ? networkKey(network) : null]);
}

function networkKey(network: NetworkAccess): string {
  return network.policy === 'allowList' ? network.allow.map(targetText).join(' ') : network.policy;
}

/** As people write it: `db.internal:1433`, `10.1.0.0/16:8000-8100`. */
export function targetText({ host, firstPort, lastPort }: AllowedTarget): string {
  return `${host}:${firstPort === lastPort ? firstPort : `${firstPort}-${lastPort}`}`;
}
