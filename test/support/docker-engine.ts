import Docker from 'dockerode';

/**
 * The Docker engine that DOCKER_HOST or the usual socket names.
 * @throws {Error} which says what to do when none answers: tests that need one fail then, rather than being left out
 */
export async function dockerEngine(): Promise<Docker> {
  const engine = new Docker();
  try {
    await engine.ping();
    return engine;
  } catch (error) {
    throw new Error(
      'These tests need a Docker engine. `npm test` starts one on Linux as root (and installs it on Debian); ' +
        'elsewhere start one, or set DOCKER_HOST.',
      { cause: error },
    );
  }
}

/** Of the labels of Nightjar's containers, the one that names the machine whose worker started it. */
const WORKER_LABEL = 'nightjar.worker';

/** The ids of the containers, running or not, that the workers of these machines have started. */
export async function containersOf(
  engine: Docker,
  machineIds: readonly string[],
): Promise<readonly string[]> {
  const all = await engine.listContainers({ all: true });
  return all.filter(({ Labels }) => machineIds.includes(Labels[WORKER_LABEL] ?? '')).map(({ Id }) => Id);
}
