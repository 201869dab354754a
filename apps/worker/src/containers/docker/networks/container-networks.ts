import type { Logger } from '@nestjs/common';
import type { NetworkPolicy } from '#shared/domain/container-settings.js';
import { EngineUnavailableError, type ContainerSpec } from '../../container-runtime.js';
import type { ChannelAddress } from '../channel-address.js';
import type { DockerSettings } from '../docker-settings.js';
import type { EngineDialect } from '../engine-dialect.js';
import type { Engine } from '../engine.js';
import type { DeniedTarget, WorkerOnBridge } from '../filter/bridge-filter.js';
import { PacketFilter } from '../filter/packet-filter.js';
import { Admissions } from './admissions.js';
import type { ResolvedList } from './allow-list.js';
import { deniedEndpoints } from './denied-endpoints.js';
import type { Lookup } from './lookup.js';
import { openNetwork, restoredNetwork, type NetworkTools, type OpenNetwork } from './open-network.js';

/** How one container gets at the network: known before it starts. */
export interface NetworkWay {
  readonly networkId: string;
  /** Under which it reaches the FunctionRpc host. */
  readonly channelHost: string;
  readonly channelPort: number;
  /** For its hosts file: `name:address`. */
  readonly extraHosts: readonly string[];
  /** Of an allow list. */
  readonly list?: ResolvedList | undefined;
}

type Ports = Map<NetworkPolicy, readonly number[]>;

/**
 * The networks of this worker's containers: a bridge for each policy, made when the first container needs it, and the packet
 * filter that makes the policy true. A policy's network is *open* once both stand. While it is open, `check` brings back what
 * somebody else has removed, and looks the names again that rules were made from.
 */
export class ContainerNetworks {
  private readonly networks = new Map<NetworkPolicy, Promise<OpenNetwork>>();
  private readonly opened = new Map<NetworkPolicy, OpenNetwork>();
  /** Where the FunctionRpc host listens for each. */
  private readonly ports: Ports = new Map();
  private readonly admissions: Admissions;
  private readonly knownEndpoints = new Map<string, readonly string[]>();
  private denied: readonly DeniedTarget[] = [];
  private lookedUpAt = -Infinity;
  /** What the filter was last made to be: a difference then is somebody else's doing. */
  private applied = '';
  private dialect: EngineDialect | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly settings: DockerSettings,
    private readonly logger: Pick<Logger, 'log' | 'warn'>,
    private readonly lookup: Lookup,
    private readonly filter = new PacketFilter(),
  ) {
    this.admissions = new Admissions(lookup, logger);
  }

  /** Opens the usual policy's network. Throws `EngineUnavailableError`. */
  async open(dialect: EngineDialect): Promise<ChannelAddress> {
    this.dialect = dialect;
    await this.check();
    return (await this.network(this.settings.networkMode)).channel;
  }

  /** Ids of the networks in use. */
  ids(): readonly string[] {
    return [...this.opened.values()].map(({ network }) => network.id);
  }

  /** Throws `EngineUnavailableError` where this machine can't keep the policy. */
  async wayFor(spec: Pick<ContainerSpec, 'network' | 'channelPort'>): Promise<NetworkWay> {
    const { network: access } = spec;
    const { network, channel, policy } = await this.network(access.policy);
    const isUsual = policy === this.settings.networkMode;
    const channelPort = isUsual ? spec.channelPort : await this.settings.listenOn(channel.listenHost);
    await this.openPort(policy, channelPort);
    const list = access.policy === 'allowList' ? await this.admissions.resolve(access.allow) : undefined;
    const extraHosts = list?.hosts.map(({ name, address }) => `${name}:${address}`) ?? [];
    return { networkId: network.id, channelHost: channel.containerHost, channelPort, extraHosts, list };
  }

  /**
   * Opens a started container's allow list to it. Until then it reaches the FunctionRpc host alone: its language worker loads no
   * code of the app before it is told to. Throws `EngineUnavailableError`.
   */
  async admit(spec: Pick<ContainerSpec, 'network'>, way: NetworkWay, engineId: string): Promise<void> {
    if (spec.network.policy !== 'allowList' || way.list === undefined) return;
    const { NetworkSettings, HostsPath } = await this.engine.query(
      'look at a container',
      (docker, abortSignal) => docker.getContainer(engineId).inspect({ abortSignal }),
    );
    const [network] = Object.values(NetworkSettings.Networks);
    if (!network?.IPAddress) throw new EngineUnavailableError('A container was started without an address.');
    this.admissions.add(engineId, {
      address: network.IPAddress,
      hostsPath: HostsPath,
      allow: spec.network.allow,
      list: way.list,
    });
    await this.applyFilter();
  }

  /** Takes back what was opened to a container. Never rejects: what fails now is done by the next `check`. */
  async dismiss(engineId: string): Promise<void> {
    if (!this.admissions.remove(engineId)) return;
    await this.applyFilter().catch((error: unknown) => this.logger.warn((error as Error).message));
  }

  /** Brings back what is gone, and follows names that have moved. Throws `EngineUnavailableError`. */
  async check(): Promise<void> {
    for (const [policy, open] of this.opened) {
      this.keep(policy, await restoredNetwork(this.tools(), open));
    }
    if (performance.now() - this.lookedUpAt >= this.settings.lookUpSeconds * 1000) await this.lookUpAgain();
    await this.applyFilter();
    await this.admissions.publish();
  }

  /** Leaves the networks, which other workers of this machine may use, and takes its own rules away. */
  async close(): Promise<void> {
    const bridges = this.bridges();
    this.dialect = undefined;
    this.networks.clear();
    this.opened.clear();
    this.ports.clear();
    if (bridges.length === 0) return;
    await this.filter
      .remove(bridges)
      .catch((error: unknown) =>
        this.logger.warn(
          `Rules of the packet filter stay behind until the next start. ${(error as Error).message}`,
        ),
      );
  }

  private network(policy: NetworkPolicy): Promise<OpenNetwork> {
    const known = this.networks.get(policy);
    if (known) return known;
    const opening = this.openOne(policy);
    this.networks.set(policy, opening);
    opening.catch(() => this.networks.delete(policy));
    return opening;
  }

  private async openOne(policy: NetworkPolicy): Promise<OpenNetwork> {
    const open = await openNetwork(this.tools(), policy);
    // Throws when it was closed meanwhile.
    this.tools();
    this.keep(policy, open);
    await this.applyFilter();
    return open;
  }

  private keep(policy: NetworkPolicy, open: OpenNetwork): void {
    this.opened.set(policy, open);
    this.networks.set(policy, Promise.resolve(open));
  }

  private async openPort(policy: NetworkPolicy, port: number): Promise<void> {
    const ports = this.ports.get(policy) ?? [];
    if (ports.includes(port)) return;
    await this.applyFilter(new Map(this.ports).set(policy, [...ports, port]));
    // Only now: whoever asks meanwhile, or after a failure, must see to it too.
    this.ports.set(policy, [...new Set([...(this.ports.get(policy) ?? []), port])]);
  }

  private async lookUpAgain(): Promise<void> {
    const { networks, endpoints } = this.settings.denied;
    const found = await deniedEndpoints(endpoints, this.lookup, this.knownEndpoints);
    this.denied = [...networks.map((range) => ({ range })), ...found];
    await this.admissions.refresh();
    this.lookedUpAt = performance.now();
  }

  private async applyFilter(ports: Ports = this.ports): Promise<void> {
    const bridges = this.bridges(ports);
    if (bridges.length === 0) return;
    const wanted = JSON.stringify(bridges);
    const isChanged = await this.filter.apply(bridges).catch((error: unknown) => {
      throw new EngineUnavailableError(`The packet filter can not be kept. ${(error as Error).message}`, {
        cause: error,
      });
    });
    if (isChanged && wanted === this.applied)
      this.logger.warn('Rules of the packet filter were gone or changed: they have been set again.');
    this.applied = wanted;
  }

  private bridges(ports: Ports = this.ports): WorkerOnBridge[] {
    return [...this.opened.values()].flatMap(({ policy, bridge }) =>
      bridge === undefined
        ? []
        : {
            workerId: this.settings.workerId,
            bridge,
            channelPorts: ports.get(policy) ?? [],
            denied: this.denied,
            containers: policy === 'allowList' ? this.admissions.containers() : [],
          },
    );
  }

  private tools(): NetworkTools {
    const { engine, dialect, filter, settings, logger } = this;
    if (dialect === undefined) throw new EngineUnavailableError('The engine is not prepared.');
    return { engine, dialect, filter, settings, logger };
  }
}
