import { unlessGone, type Engine } from './engine.js';

/** Kills and removes; that it is gone already is as good. Throws `EngineUnavailableError`. */
export function removeContainer(engine: Engine, idOrName: string): Promise<void> {
  return unlessGone(
    engine.removal('remove a container', (docker, abortSignal) => {
      // The type lacks the signal, which dockerode takes here as everywhere.
      const options = { force: true, v: true, abortSignal };
      return docker.getContainer(idOrName).remove(options);
    }),
  );
}
