import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { EngineTimeouts } from '../containers/docker/docker-settings.js';

const seconds = (most: number): z.ZodCoercedNumber => z.coerce.number().min(0.1).max(most);

/** The settings that say how long the engine may take, and how what has no owner is removed from it. */
export const ENGINE_LIMITS = {
  engineProbeSeconds: seconds(15)
    .default(10)
    .describe('How long the engine may take to answer the question that its health is judged by.'),
  engineSlowSeconds: seconds(15)
    .default(5)
    .describe('An engine that takes longer to answer it is too slow: the machine takes no work.'),
  engineInspectSeconds: seconds(3600)
    .default(60)
    .describe('How long the engine may take for other questions.'),
  engineRunSeconds: seconds(3600)
    .default(60)
    .describe('How long it may take to create, start or kill a container.'),
  engineRemoveSeconds: seconds(3600).default(60).describe('How long it may take to remove something.'),
  enginePauseSeconds: seconds(3600)
    .default(10)
    .describe('How long it may take to pause or resume a container.'),
  enginePullSeconds: seconds(3600).default(600).describe('How long it may take to get an image.'),
  reconcileIntervalSeconds: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe('How often is looked for containers, networks and folders without an owner.'),
  reconcileGraceSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(60)
    .describe('How old they must be before they are removed.'),
  reconcileDryRun: z
    .union([z.boolean(), z.stringbool()])
    .default(false)
    .describe('Only log what would be removed for want of an owner.'),
};

export type EngineLimits = z.output<z.ZodObject<typeof ENGINE_LIMITS>>;

/** Throws `InvalidInputError` when settings conflict. */
export function checkEngineLimits({ engineSlowSeconds, engineProbeSeconds }: EngineLimits): void {
  if (engineSlowSeconds <= engineProbeSeconds) return;
  throw new InvalidInputError('The settings of worker are not right.', [
    `engineSlowSeconds (${engineSlowSeconds}) must not be more than engineProbeSeconds (${engineProbeSeconds}): ` +
      'a slower answer is not waited for.',
  ]);
}

/** The same, in the words of the Docker adapter. */
export function engineTimeouts(limits: EngineLimits): EngineTimeouts {
  return {
    probeSeconds: limits.engineProbeSeconds,
    slowSeconds: limits.engineSlowSeconds,
    inspectSeconds: limits.engineInspectSeconds,
    runSeconds: limits.engineRunSeconds,
    removeSeconds: limits.engineRemoveSeconds,
    pauseSeconds: limits.enginePauseSeconds,
    pullSeconds: limits.enginePullSeconds,
  };
}
