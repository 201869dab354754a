import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { compileCapacityPolicy } from '#shared/contracts/capacity-policy/compile-policy.js';
import { InvalidInputError } from '#shared/domain/errors.js';

/** Of the worker's settings, those about its machine's spare time. */
export const CAPACITY_SETTINGS = {
  capacityProfile: z
    .string()
    .default('dedicated')
    .describe('When the machine works: a profile of the capacity guide, or two with a comma between them.'),
  capacityPolicy: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .optional()
    .describe('Knobs that differ from the profile: JSON in braces, or the name of a JSON or YAML file.'),
};

interface CapacityValues {
  readonly capacityProfile: string;
  readonly capacityPolicy?: string | Readonly<Record<string, unknown>> | undefined;
}

/**
 * The policy layer that this worker brings along, checked.
 * Throws `InvalidInputError` with the knobs that are wrong, or why the file can't be read.
 */
export function compileLocalPolicy(
  { capacityProfile, capacityPolicy }: CapacityValues,
  readFile: (path: string) => string,
): Readonly<Record<string, unknown>> {
  const profile = capacityProfile.split(',').map((name) => name.trim());
  const knobs = typeof capacityPolicy === 'string' ? parsePolicy(capacityPolicy, readFile) : capacityPolicy;
  const layer = { profile, ...knobs };
  compileCapacityPolicy({ local: layer }, { timeZone: machineTimeZone(), canPause: true });
  return layer;
}

/** The IANA name of the zone that this machine is set to. */
export function machineTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function parsePolicy(text: string, readFile: (path: string) => string): Readonly<Record<string, unknown>> {
  const isInline = text.trimStart().startsWith('{');
  try {
    return z.record(z.string(), z.unknown()).parse(parseYaml(isInline ? text : readFile(text)));
  } catch (error) {
    throw new InvalidInputError(
      'The settings of worker are not right.',
      [
        `capacityPolicy must be an object of knobs, as JSON in braces or in a file: ` +
          `${isInline ? 'what stands there' : `the file ${text}`} is not (${(error as Error).message}).`,
      ],
      { cause: error },
    );
  }
}
