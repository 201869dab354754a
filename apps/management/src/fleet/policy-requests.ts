import { z } from 'zod';
import { labelFilterSchema } from '#shared/contracts/machine-labels.js';
import type { PolicyKey } from '#shared/domain/machine-policy.js';

const NAME_MAX_LENGTH = 128;

const NAME_SCHEMAS = {
  machine: z.uuid('must be the id of a machine (a UUID)'),
  group: labelFilterSchema,
  pool: z
    .string()
    .min(1, 'must be the name of a pool')
    .max(NAME_MAX_LENGTH, `must have at most ${NAME_MAX_LENGTH} characters`),
};

/** Which policy a request is about, by the parts of its path. */
export const policyKeySchema = z
  .object({
    scope: z.enum(['machine', 'group', 'pool'], 'must be machine, group or pool'),
    name: z.string().describe("A machine's id, a group's label (name=value or name), or a pool's name."),
  })
  .superRefine(({ scope, name }: PolicyKey, context) => {
    const { error } = NAME_SCHEMAS[scope].safeParse(name);
    for (const { message } of error?.issues ?? [])
      context.addIssue({ code: 'custom', path: ['name'], message });
  });

/** Only that it is an object: what is wrong with its knobs is said with the name of their layer. */
export const policyKnobsSchema = z
  .record(z.string(), z.unknown(), 'must be an object of knobs')
  .describe('The knobs that this policy sets, as in the table of the capacity guide.');
