import type { NetworkInspectInfo } from 'dockerode';
import type { NetworkPolicy } from '#shared/domain/container-settings.js';
import { EngineUnavailableError } from '../container-runtime.js';
import type { DockerSettings } from './docker-settings.js';
import { unlessGone, type Engine } from './engine.js';
import { LABEL, type ThingKind } from './labels.js';

/** The bridge that this installation's containers of one policy on this engine share without seeing each other. */
export interface ContainerNetwork {
  readonly id: string;
  readonly name: string;
  readonly subnet: string | undefined;
  /** Undefined where the engine gives the bridge no address. */
  readonly gateway: string | undefined;
}

/** Where a network is to be; the engine chooses when nothing is said. */
type Addressing = Pick<ContainerNetwork, 'subnet' | 'gateway'>;

type NetworkOwner = Pick<DockerSettings, 'installationId' | 'namePrefix'> & {
  readonly policy: NetworkPolicy;
};

/**
 * Finds the network or makes it. The engine does not keep names unique when two workers create at once:
 * each then looks again, both keep the elder, and the one that made the younger removes it.
 * The network stays when the worker goes: another worker of the machine may be listening on its gateway.
 * Throws `EngineUnavailableError`.
 */
export async function ensureNetwork(
  engine: Engine,
  owner: NetworkOwner,
  addressing?: Addressing,
): Promise<ContainerNetwork> {
  const name = networkName(owner);
  const existing = eldest(await networksNamed(engine, name, owner));
  if (existing) return describe(existing);
  const made = await createNetwork(engine, name, owner, addressing);
  const chosen = eldest(await networksNamed(engine, name, owner));
  if (made !== undefined && chosen !== undefined && chosen.Id !== made) await removeNetwork(engine, made);
  if (chosen === undefined) return ensureNetwork(engine, owner, addressing);
  return describe(chosen);
}

/**
 * Makes the network again, at the same addresses, if it is gone: `docker network prune` takes one that has no container just
 * now. What listens on its gateway is reached again then. Throws `EngineUnavailableError`.
 */
export async function restoreNetwork(
  engine: Engine,
  owner: NetworkOwner,
  network: ContainerNetwork,
): Promise<ContainerNetwork> {
  if (await hasNetwork(engine, network.id)) return network;
  const restored = await ensureNetwork(engine, owner, network);
  if (restored.gateway === network.gateway) return restored;
  throw gatewayMoved(network, restored);
}

function gatewayMoved(before: ContainerNetwork, after: ContainerNetwork): EngineUnavailableError {
  return new EngineUnavailableError(
    `The containers' network was removed and has come back with the gateway ${after.gateway} in place of ` +
      `${before.gateway}, where the worker listens: restart the worker.`,
  );
}

/**
 * A network that the engine brings along, as it is.
 * @param before what it was when the worker began to listen on its gateway
 * Throws `EngineUnavailableError`, also when its gateway is another one by now.
 */
export async function findSharedNetwork(
  engine: Engine,
  name: string,
  before?: ContainerNetwork,
): Promise<ContainerNetwork> {
  const found = await engine.query('list networks', (docker, abortSignal) =>
    docker.listNetworks({ filters: { name: [name] }, abortSignal }),
  );
  const existing = found.find((candidate) => candidate.Name === name);
  if (existing === undefined) {
    throw new EngineUnavailableError(
      `The engine has no network "${name}": restart it, it makes that one itself.`,
    );
  }
  const network = describe(existing);
  if (before === undefined || before.gateway === network.gateway) return network;
  throw gatewayMoved(before, network);
}

async function hasNetwork(engine: Engine, id: string): Promise<boolean> {
  const found = await engine.probe('list networks', (docker, abortSignal) =>
    docker.listNetworks({ filters: { id: [id] }, abortSignal }),
  );
  return found.length > 0;
}

function networkName(owner: NetworkOwner): string {
  return `${owner.namePrefix}${owner.installationId}-${owner.policy}`;
}

/** Undefined when another worker was quicker and the engine noticed it. */
async function createNetwork(
  engine: Engine,
  name: string,
  owner: NetworkOwner,
  addressing: Addressing | undefined,
): Promise<string | undefined> {
  return engine.command(`create the network ${name}`, async (docker, abortSignal) => {
    try {
      const network = await docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        // No route out of the bridge; its gateway, where the FunctionRpc host listens, stays reachable.
        Internal: owner.policy === 'none',
        // The packet filter of the policies is one for IPv4.
        EnableIPv6: false,
        // One app's container must not reach another's.
        Options: { 'com.docker.network.bridge.enable_icc': 'false' },
        // No worker's: it is shared by all of the installation on this engine.
        Labels: { [LABEL.installation]: owner.installationId, [LABEL.kind]: 'network' satisfies ThingKind },
        ...(addressing ? { IPAM: { Driver: 'default', Config: [ipamConfig(addressing)] } } : {}),
        abortSignal,
      });
      return network.id;
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 409) return undefined;
      throw error;
    }
  });
}

/** The engine's own filter matches parts of names. */
async function networksNamed(
  engine: Engine,
  name: string,
  owner: NetworkOwner,
): Promise<NetworkInspectInfo[]> {
  const filters = { name: [name], label: [`${LABEL.installation}=${owner.installationId}`] };
  const found = await engine.query('list networks', (docker, abortSignal) =>
    docker.listNetworks({ filters, abortSignal }),
  );
  return found.filter((network) => network.Name === name);
}

/** The same for every worker that looks: by age, then by id. */
function eldest(networks: readonly NetworkInspectInfo[]): NetworkInspectInfo | undefined {
  const key = (network: NetworkInspectInfo): string => `${network.Created} ${network.Id}`;
  return networks.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))[0];
}

function removeNetwork(engine: Engine, id: string): Promise<void> {
  return unlessGone(
    engine.removal('remove a network that was made twice', (docker, abortSignal) =>
      docker.getNetwork(id).remove({ abortSignal }),
    ),
  );
}

function describe(network: NetworkInspectInfo): ContainerNetwork {
  const addressing = network.IPAM?.Config?.[0];
  return { id: network.Id, name: network.Name, subnet: addressing?.Subnet, gateway: addressing?.Gateway };
}

/** What the engine calls the bridge on its machine unless it is told otherwise. */
export function bridgeInterface({ id }: Pick<ContainerNetwork, 'id'>): string {
  return `br-${id.slice(0, 12)}`;
}

function ipamConfig({ subnet, gateway }: Addressing): { Subnet?: string; Gateway?: string } {
  return { ...(subnet ? { Subnet: subnet } : {}), ...(gateway ? { Gateway: gateway } : {}) };
}
