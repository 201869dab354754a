import type { Logger } from '@nestjs/common';
import type { ImageInfo } from 'dockerode';
import { engineStatus, type Engine } from '../engine.js';
import { LABEL } from '../labels.js';

/** When an image of ours may go. */
export interface ImageRetention {
  readonly installationId: string;
  readonly currentImages: readonly string[];
  /** A worker of the version before may still want it: rolling upgrades. */
  readonly keepHours: number;
}

/** Removes images that this installation made and nothing uses any more. Throws `EngineUnavailableError`. */
export async function removeOldImages(
  engine: Engine,
  retention: ImageRetention,
  logger: Pick<Logger, 'log'>,
): Promise<void> {
  const filters = { label: [`${LABEL.image}=node`, `${LABEL.installation}=${retention.installationId}`] };
  const images = await engine.query('list images', (docker, abortSignal) =>
    docker.listImages({ filters, abortSignal }),
  );
  for (const image of images.filter((candidate) => isOld(candidate, retention, Date.now()))) {
    if (await removeImage(engine, image.Id)) {
      logger.log(`Removed the image ${nameOf(image)}: a newer one has replaced it.`);
    }
  }
}

/** @param now milliseconds since 1970 */
export function isOld(
  image: Pick<ImageInfo, 'RepoTags' | 'Created'>,
  { currentImages, keepHours }: ImageRetention,
  now: number,
): boolean {
  if (image.RepoTags?.some((tag) => currentImages.includes(tag))) return false;
  return now - image.Created * 1000 >= keepHours * 3_600_000;
}

/** False when a container still uses it: the engine refuses then, and knows better than a list from a moment ago. */
async function removeImage(engine: Engine, id: string): Promise<boolean> {
  try {
    await engine.command('remove an old image', (docker, abortSignal) =>
      docker.getImage(id).remove({ abortSignal }),
    );
    return true;
  } catch (error) {
    if (engineStatus(error) === 409 || engineStatus(error) === 404) return false;
    throw error;
  }
}

function nameOf(image: ImageInfo): string {
  return image.RepoTags?.[0] ?? image.Id;
}
