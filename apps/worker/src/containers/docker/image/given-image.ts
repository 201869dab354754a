import type { Logger } from '@nestjs/common';
import { EngineUnavailableError } from '../../container-runtime.js';
import { engineStatus, type Engine } from '../engine.js';
import type { EngineFacts } from '../engine-suitability.js';
import { imageProblem, type ImagePlatform } from './image-compatibility.js';

/** What an image must fit. */
export interface ImageDemand {
  readonly engine: EngineFacts;
  readonly isolation: 'process' | 'hyperv';
}

/**
 * Makes sure that the engine has an image that the settings name, and that it fits the machine. What is known of it beforehand is
 * looked at before it is pulled: Windows images are gigabytes. Throws `EngineUnavailableError`, whose message begins with
 * `IMAGE_INCOMPATIBLE` when the image can't run here.
 */
export async function ensureGivenImage(
  engine: Engine,
  image: string,
  demand: ImageDemand,
  logger: Pick<Logger, 'log'>,
): Promise<string> {
  const present = await platformInEngine(engine, image);
  if (present !== undefined) {
    refuseUnlessOneFits(image, [present], demand);
    return image;
  }
  refuseUnlessOneFits(image, await platformsInRegistry(engine, image), demand);
  logger.log(`Pulling the image ${image}.`);
  await pull(engine, image);
  const pulled = await platformInEngine(engine, image);
  if (pulled === undefined)
    throw new EngineUnavailableError(`The image ${image} was pulled and is not there.`);
  refuseUnlessOneFits(image, [pulled], demand);
  return image;
}

/** An image in a registry may be several; nothing known of it is no reason to refuse. */
function refuseUnlessOneFits(image: string, platforms: readonly ImagePlatform[], demand: ImageDemand): void {
  const problems = platforms.map((platform) => imageProblem(platform, demand.engine, demand.isolation));
  if (problems.length === 0 || problems.includes(undefined)) return;
  throw new EngineUnavailableError(
    `IMAGE_INCOMPATIBLE: the image ${image} can not run here: ${problems.at(-1)}`,
  );
}

/** Undefined when the engine does not have it. */
async function platformInEngine(engine: Engine, image: string): Promise<ImagePlatform | undefined> {
  try {
    const found = await engine.query('look at an image', (docker, abortSignal) => {
      // The type lacks the signal, which dockerode takes here as everywhere.
      const options: object = { abortSignal };
      return docker.getImage(image).inspect(options);
    });
    return {
      os: found.Os,
      architecture: found.Architecture,
      ...(found.OsVersion === undefined ? {} : { osVersion: found.OsVersion }),
    };
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}

interface RegistryAnswer {
  readonly Platforms?: readonly { os?: string; architecture?: string; 'os.version'?: string }[];
}

/** None when the registry does not say: the pull will tell what is wrong. */
async function platformsInRegistry(engine: Engine, image: string): Promise<ImagePlatform[]> {
  try {
    const answer: RegistryAnswer = await engine.query(
      'ask a registry for an image',
      (docker, abortSignal) => {
        const options: object = { abortSignal };
        return docker.getImage(image).distribution(options);
      },
    );
    return (answer.Platforms ?? []).flatMap((platform) => {
      const { os, architecture, 'os.version': osVersion } = platform;
      if (!os || !architecture) return [];
      return [{ os, architecture, ...(osVersion ? { osVersion } : {}) }];
    });
  } catch (error) {
    if (engineStatus(error) !== undefined) return [];
    throw error;
  }
}

async function pull(engine: Engine, image: string): Promise<void> {
  await engine.sendImage(`pull the image ${image}`, async (docker, abortSignal) => {
    const progress = await docker.pull(image, { abortSignal });
    await new Promise<void>((resolve, reject) => {
      // The engine answers before it has pulled; what goes wrong stands in the progress.
      docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
    });
  });
}
