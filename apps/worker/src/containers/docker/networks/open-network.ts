import type { Logger } from '@nestjs/common';
import type { NetworkPolicy } from '#shared/domain/container-settings.js';
import { EngineUnavailableError } from '../../container-runtime.js';
import { chooseChannelAddress, isAddressOfThisMachine, type ChannelAddress } from '../channel-address.js';
import type { DockerSettings } from '../docker-settings.js';
import type { EngineDialect } from '../engine-dialect.js';
import type { Engine } from '../engine.js';
import type { Bridge } from '../filter/bridge-filter.js';
import type { PacketFilter } from '../filter/packet-filter.js';
import {
  bridgeInterface,
  ensureNetwork,
  findSharedNetwork,
  restoreNetwork,
  type ContainerNetwork,
} from '../network.js';
import { judgeUnfiltered } from './unfiltered.js';

/** The network of one policy, as this worker uses it. */
export interface OpenNetwork {
  readonly policy: NetworkPolicy;
  readonly network: ContainerNetwork;
  readonly channel: ChannelAddress;
  /** Undefined where the packet filter can't be set. */
  readonly bridge: Bridge | undefined;
}

/** What opening a network takes. */
export interface NetworkTools {
  readonly engine: Engine;
  readonly dialect: EngineDialect;
  readonly filter: PacketFilter;
  readonly settings: Pick<DockerSettings, 'installationId' | 'namePrefix' | 'requireFilter'>;
  readonly logger: Pick<Logger, 'warn' | 'log'>;
}

/** Finds or makes a policy's network, and finds out whether it can be filtered. Throws `EngineUnavailableError`. */
export async function openNetwork(tools: NetworkTools, policy: NetworkPolicy): Promise<OpenNetwork> {
  const { engine, dialect, settings } = tools;
  const problem = dialect.networkProblem(policy);
  if (problem !== undefined) throw new EngineUnavailableError(problem);
  const network =
    dialect.sharedNetwork === undefined
      ? await ensureNetwork(engine, { ...settings, policy })
      : await findSharedNetwork(engine, dialect.sharedNetwork);
  const { gateway } = network;
  const gatewayIsThisMachine = gateway !== undefined && (await isAddressOfThisMachine(gateway));
  const obstacle = await filterObstacle(tools, gatewayIsThisMachine);
  if (obstacle !== undefined) settle(tools, policy, obstacle);
  const channel = chooseChannelAddress({ gateway, gatewayIsThisMachine, policy });
  if (typeof channel === 'string') throw new EngineUnavailableError(channel);
  return { policy, network, channel, bridge: obstacle === undefined ? bridgeOf(policy, network) : undefined };
}

/** Makes the network again where somebody has removed it. Throws `EngineUnavailableError`. */
export async function restoredNetwork(tools: NetworkTools, open: OpenNetwork): Promise<OpenNetwork> {
  const { engine, dialect, settings, logger } = tools;
  const { policy } = open;
  const network =
    dialect.sharedNetwork === undefined
      ? await restoreNetwork(engine, { ...settings, policy }, open.network)
      : await findSharedNetwork(engine, dialect.sharedNetwork, open.network);
  if (network.id === open.network.id) return open;
  logger.log('The containers’ network was gone: it was made again.');
  return { ...open, network, bridge: open.bridge && bridgeOf(policy, network) };
}

/** Why the filter can't be set for the engine's networks, as a sentence; undefined when it can. */
async function filterObstacle(
  { dialect, filter }: NetworkTools,
  gatewayIsThisMachine: boolean,
): Promise<string | undefined> {
  if (dialect.os !== 'linux') return 'Windows containers have no filter that the worker could set.';
  if (!gatewayIsThisMachine) return 'The engine’s networks are not on this machine but in a virtual one.';
  try {
    await filter.probe();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function settle({ settings, logger }: NetworkTools, policy: NetworkPolicy, reason: string): void {
  const judged = judgeUnfiltered({ policy, reason, required: settings.requireFilter });
  if (judged.verdict === 'refuse') throw new EngineUnavailableError(judged.reason);
  logger.warn(judged.warning);
}

function bridgeOf(policy: NetworkPolicy, network: ContainerNetwork): Bridge | undefined {
  if (network.gateway === undefined) return undefined;
  return {
    networkName: network.name,
    interfaceName: bridgeInterface(network),
    gateway: network.gateway,
    policy,
  };
}
