import { z } from 'zod';
import type { ContainerSettings, NetworkAccess } from '../domain/container-settings.js';
import { NETWORK_POLICIES, targetText } from '../domain/container-settings.js';
import { parseAllowedTarget } from './allowed-target.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TARGETS_MAX = 100;

function between(least: number, most: number, unit: string): z.ZodNumber {
  const rule = `must be a whole number from ${least} to ${most} (${unit})`;
  return z.number(rule).int(rule).min(least, rule).max(most, rule);
}

const cpusRule = 'must be a number from 0.05 to 256 (processors)';

const targetSchema = z.string('must be text such as "db.internal:1433"').transform((text, context) => {
  const target = parseAllowedTarget(text);
  if (typeof target !== 'string') return target;
  context.addIssue({ code: 'custom', message: target });
  return z.NEVER;
});

const listRule = `must name 1 to ${TARGETS_MAX} targets when the policy is "allowList"`;

const networkSchema = z.discriminatedUnion(
  'policy',
  [
    z.strictObject({ policy: z.literal('none') }, 'has no further fields when the policy is "none"'),
    z.strictObject({ policy: z.literal('outbound') }, 'has no further fields when the policy is "outbound"'),
    z.strictObject({
      policy: z.literal('allowList'),
      allow: z.array(targetSchema, listRule).min(1, listRule).max(TARGETS_MAX, listRule),
    }),
  ],
  'must have a policy: "none", "outbound" or "allowList"',
);

const limitFields = {
  memoryBytes: between(32 * MIB, 1024 * GIB, 'bytes').optional(),
  cpus: z.number(cpusRule).min(0.05, cpusRule).max(256, cpusRule).optional(),
  cpuWeight: between(1, 1000, '100 is usual').optional(),
  pids: between(16, 1_000_000, 'processes and threads').optional(),
  tmpBytes: between(MIB, 64 * GIB, 'bytes').optional(),
};

/** An app's container settings as a client sends them, every field optional, unknown ones refused by name. */
export const containerSettingsSchema = z
  .strictObject({ ...limitFields, network: networkSchema.optional() })
  .superRefine(({ memoryBytes, tmpBytes }, context) => {
    if (memoryBytes === undefined || tmpBytes === undefined || tmpBytes <= memoryBytes) return;
    const message = `must not be more than memoryBytes (${memoryBytes}): files in /tmp are memory`;
    context.addIssue({ code: 'custom', path: ['tmpBytes'], message });
  });

const storedTargetSchema = z.object({
  host: z.string(),
  firstPort: z.number().int(),
  lastPort: z.number().int(),
});

/** As they stand in a job: what a newer version has added is left out, not refused. */
export const storedContainerSettingsSchema = z.object({
  ...limitFields,
  network: z
    .discriminatedUnion('policy', [
      z.object({ policy: z.literal('none') }),
      z.object({ policy: z.literal('outbound') }),
      z.object({ policy: z.literal('allowList'), allow: z.array(storedTargetSchema).readonly() }),
    ])
    .optional(),
});

/** As clients read them: the allow list in text. */
export const containerSettingsView = z.object({
  memoryBytes: z.number().int().optional(),
  cpus: z.number().optional(),
  cpuWeight: z.number().int().optional(),
  pids: z.number().int().optional(),
  tmpBytes: z.number().int().optional(),
  network: z.object({ policy: z.enum(NETWORK_POLICIES), allow: z.array(z.string()).optional() }).optional(),
});

type ContainerSettingsBody = z.output<typeof containerSettingsView>;

export function containerSettingsBody({ network, ...limits }: ContainerSettings): ContainerSettingsBody {
  return network ? { ...limits, network: networkBody(network) } : limits;
}

function networkBody(network: NetworkAccess): NonNullable<ContainerSettingsBody['network']> {
  return network.policy === 'allowList'
    ? { policy: 'allowList', allow: network.allow.map(targetText) }
    : { policy: network.policy };
}
