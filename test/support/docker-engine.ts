import Docker from 'dockerode';

const LABEL_PREFIX = 'nightjar.';

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

/** A container that Nightjar made. */
export interface OwnContainer {
  readonly id: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The containers that carry one of Nightjar's labels, running or not. */
export async function ownContainers(engine: Docker): Promise<readonly OwnContainer[]> {
  const all = await engine.listContainers({ all: true });
  return all
    .filter(({ Labels }) => Object.keys(Labels).some((label) => label.startsWith(LABEL_PREFIX)))
    .map(({ Id, State, Labels }) => ({ id: Id, state: State, labels: Labels }));
}

/**
 * Watches for containers that a test leaves behind.
 * @returns a function that throws when there is a container now that was not there when the watch began
 */
export async function watchForLeakedContainers(engine: Docker): Promise<() => Promise<void>> {
  const before = new Set((await ownContainers(engine)).map(({ id }) => id));
  return async () => {
    const leaked = (await ownContainers(engine)).filter(({ id }) => !before.has(id));
    if (leaked.length === 0) return;
    const words = leaked.map(
      ({ id, state, labels }) => `${id.slice(0, 12)} (${state}) ${JSON.stringify(labels)}`,
    );
    throw new Error(`The test left containers behind:\n${words.join('\n')}`);
  };
}
