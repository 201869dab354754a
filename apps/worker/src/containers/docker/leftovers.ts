import type { Logger } from '@nestjs/common';
import type { ContainerInfo } from 'dockerode';
import type { DockerSettings } from './docker-settings.js';
import { unlessGone, type Engine } from './engine.js';
import { LABEL, ownedByWorker } from './labels.js';

type Owner = Pick<DockerSettings, 'installationId' | 'workerId'>;

/**
 * Removes the containers that bear this worker's labels and that this life of it does not know: an earlier life was killed, or
 * a start seemed to fail and did not. There is no grace: a container is known by its name before the engine is asked for it.
 * Other workers' containers, other installations' and everybody else's are not even listed. Throws `EngineUnavailableError`.
 */
export async function removeLeftovers(
  engine: Engine,
  owner: Owner,
  isKnown: (name: string) => boolean,
  logger: Pick<Logger, 'log'>,
): Promise<void> {
  const containers = await engine.query('list containers', (docker, abortSignal) =>
    docker.listContainers({ all: true, filters: ownedByWorker(owner), abortSignal }),
  );
  for (const container of containers) {
    const name = nameOf(container);
    if (isKnown(name)) continue;
    logger.log(
      `Removing the container ${name} (${container.State}, made ${container.Labels[LABEL.created]}): ` +
        `it belongs to this worker (${owner.workerId}), which does not know it: it is of an earlier life or of a start that failed.`,
    );
    await removeContainer(engine, container.Id);
  }
}

/** Kills and removes; that it is gone already is as good. Throws `EngineUnavailableError`. */
export function removeContainer(engine: Engine, idOrName: string): Promise<void> {
  return unlessGone(
    engine.command('remove a container', (docker, abortSignal) => {
      // The type lacks the signal, which dockerode takes here as everywhere.
      const options = { force: true, v: true, abortSignal };
      return docker.getContainer(idOrName).remove(options);
    }),
  );
}

/** The engine puts a slash before names. */
function nameOf(container: ContainerInfo): string {
  return (container.Names[0] ?? container.Id).replace(/^\//, '');
}
