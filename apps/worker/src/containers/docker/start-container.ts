import type { ContainerCreateOptions } from 'dockerode';
import { ContainerOutput } from '../output/container-output.js';
import type { StartedContainer } from './docker-container.js';
import type { Engine } from './engine.js';
import { StreamDemultiplexer } from './stream-demultiplexer.js';

/**
 * Creates a container, attaches to its output and starts it, in this order: what it writes first is not missed.
 * After a failure something may stay, under the name that was asked for. Throws `EngineUnavailableError`.
 */
export async function startContainer(
  engine: Engine,
  options: ContainerCreateOptions,
): Promise<Pick<StartedContainer, 'engineId' | 'output' | 'outputEnded'>> {
  const { id: engineId } = await engine.command('create a container', (docker, abortSignal) =>
    docker.createContainer({ ...options, abortSignal }),
  );
  const output = new ContainerOutput();
  const { ended: outputEnded } = await attach(engine, engineId, output);
  await engine.command('start a container', (docker, abortSignal) =>
    docker.getContainer(engineId).start({ abortSignal }),
  );
  return { engineId, output, outputEnded };
}

/** Everything is read as it comes, wanted or not: a container whose output nobody takes stands still. */
async function attach(
  engine: Engine,
  engineId: string,
  output: ContainerOutput,
): Promise<{ ended: Promise<void> }> {
  const stream = await engine.command('attach to a container', (docker, abortSignal) =>
    docker.getContainer(engineId).attach({ stream: true, stdout: true, stderr: true, abortSignal }),
  );
  const frames = new StreamDemultiplexer((name, data) => output.push(name, data));
  stream.on('data', (chunk: Buffer) => frames.push(chunk));
  const ended = new Promise<void>((resolve) => {
    stream.once('close', () => resolve());
    // A broken connection ends the output; the container's own end is heard of elsewhere.
    stream.once('error', () => resolve());
  });
  return { ended };
}
