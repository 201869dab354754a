import type { ContainerInfo, NetworkInspectInfo } from 'dockerode';
import type { Thing } from '../../reconcile/removals.js';
import { engineStatus, type Engine } from '../engine.js';
import { LABEL, ofInstallation, type Owner } from '../labels.js';

/**
 * The containers and networks that bear our installation's label; what does not is not even listed.
 * Throws `EngineUnavailableError`.
 */
export async function listThings(engine: Engine, owner: Owner): Promise<Thing[]> {
  const filters = ofInstallation(owner);
  const containers = await engine.query('list containers', (docker, abortSignal) =>
    docker.listContainers({ all: true, filters, abortSignal }),
  );
  const networks = await engine.query('list networks', (docker, abortSignal) =>
    docker.listNetworks({ filters, abortSignal }),
  );
  return [
    ...(await Promise.all(containers.map((container) => containerThing(engine, owner, container)))),
    ...(await Promise.all(networks.map((network) => networkThing(engine, owner, network)))),
  ];
}

async function containerThing(engine: Engine, owner: Owner, container: ContainerInfo): Promise<Thing> {
  const ownedBy = ownerOf(owner, container.Labels);
  const hasEnded = ['exited', 'dead', 'created'].includes(container.State);
  return {
    what: 'container',
    id: container.Id,
    // The engine puts a slash before names.
    name: (container.Names[0] ?? container.Id).replace(/^\//, ''),
    owner: ownedBy,
    createdAt: new Date(container.Created * 1000),
    endedAt: ownedBy === 'otherWorker' && hasEnded ? await endOf(engine, container) : null,
    inUse: false,
  };
}

/** Of one that never ran, its making. Null when it is gone meanwhile. */
async function endOf(engine: Engine, container: ContainerInfo): Promise<Date | null> {
  if (container.State === 'created') return new Date(container.Created * 1000);
  try {
    const { State } = await engine.query('look at a container', (docker, abortSignal) =>
      docker.getContainer(container.Id).inspect({ abortSignal }),
    );
    return State.Running ? null : new Date(State.FinishedAt);
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
}

/** The list does not say which containers are on a network. */
async function networkThing(engine: Engine, owner: Owner, network: NetworkInspectInfo): Promise<Thing> {
  return {
    what: 'network',
    id: network.Id,
    name: network.Name,
    owner: ownerOf(owner, network.Labels ?? {}),
    createdAt: new Date(network.Created),
    endedAt: null,
    inUse: await isInUse(engine, network.Id),
  };
}

/** One that is gone meanwhile is nothing to be removed: it counts as in use. */
async function isInUse(engine: Engine, id: string): Promise<boolean> {
  try {
    const { Containers } = await engine.query('look at a network', (docker, abortSignal) => {
      // The type lacks the signal, which dockerode takes here as everywhere.
      const network = docker.getNetwork(id) as { inspect(options: object): Promise<NetworkInspectInfo> };
      return network.inspect({ abortSignal });
    });
    return Object.keys(Containers ?? {}).length > 0;
  } catch (error) {
    if (engineStatus(error) === 404) return true;
    throw error;
  }
}

function ownerOf(owner: Owner, labels: Readonly<Record<string, string>>): Thing['owner'] {
  const worker = labels[LABEL.worker];
  if (worker === undefined) return 'shared';
  if (worker !== owner.workerId) return 'otherWorker';
  return labels[LABEL.life] === owner.lifeId ? 'thisLife' : 'earlierLife';
}
