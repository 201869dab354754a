import type { Logger } from '@nestjs/common';
import { text } from 'node:stream/consumers';
import { EngineUnavailableError } from '../../container-runtime.js';
import type { Engine } from '../engine.js';
import { LABEL } from '../labels.js';
import { imageArchive } from './image-archive.js';
import { imageContents, type ImageFile, type ImageSources } from './image-contents.js';
import { imageDigest } from './image-digest.js';

export const IMAGE_REPOSITORY = 'nightjar/node';

/**
 * Makes sure that the engine has the image of this Node and this language worker, and returns its name. The name is a digest of
 * the contents: nothing is built twice, and a newer Node or language worker is another image. Two workers that build at once
 * both succeed: the second tag replaces the first, and what it replaces goes with the old images.
 * Nothing is downloaded. Throws `EngineUnavailableError`.
 */
export async function ensureImage(
  engine: Engine,
  sources: ImageSources,
  installationId: string,
  logger: Pick<Logger, 'log'>,
): Promise<string> {
  const files = await contents(sources);
  const tag = (await imageDigest(files)).slice(0, 20);
  const image = `${IMAGE_REPOSITORY}:${tag}`;
  if (await hasImage(engine, image)) return image;
  logger.log(`Making the image ${image} out of ${sources.nodePath} and ${sources.languageWorker.folder}.`);
  await importImage(engine, files, tag, installationId);
  return image;
}

/** Throws `EngineUnavailableError`. */
export async function hasImage(engine: Engine, image: string): Promise<boolean> {
  const found = await engine.query('look for its image', (docker, abortSignal) =>
    docker.listImages({ filters: { reference: [image] }, abortSignal }),
  );
  return found.length > 0;
}

async function contents(sources: ImageSources): Promise<ImageFile[]> {
  if (process.platform !== 'linux') {
    throw new EngineUnavailableError(
      `An image can be made only of a Linux Node, and this worker runs on ${process.platform}.`,
    );
  }
  try {
    return await imageContents(sources);
  } catch (error) {
    throw new EngineUnavailableError(`The image can not be made: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** An import is a `FROM scratch` with one layer, and needs no builder, which not every engine has. */
async function importImage(
  engine: Engine,
  files: readonly ImageFile[],
  tag: string,
  installationId: string,
): Promise<void> {
  const progress = await engine.sendImage('take its image', async (docker, abortSignal) => {
    const changes = [`LABEL ${LABEL.image}=node`, `LABEL ${LABEL.installation}=${installationId}`];
    const stream = await docker.importImage(imageArchive(files), {
      repo: IMAGE_REPOSITORY,
      tag,
      changes,
      abortSignal,
    });
    return text(stream);
  });
  const failure = importFailure(progress);
  if (failure !== undefined) throw new EngineUnavailableError(`Docker could not take its image: ${failure}`);
}

/** The engine answers 200 before it has read the archive, and says what went wrong in the JSON lines that follow. */
export function importFailure(progress: string): string | undefined {
  for (const line of progress.split('\n')) {
    if (!line.trim()) continue;
    const { error } = JSON.parse(line) as { error?: string };
    if (error !== undefined) return error;
  }
  return undefined;
}
