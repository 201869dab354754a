import { z } from 'zod';
import { hasLabel, labelFilterSchema } from '#shared/contracts/machine-labels.js';
import type { Machine } from '#shared/domain/machine.js';
import { MACHINE_STATES } from './machine-views.js';

/** A drain's deadline may lie as far off as this: a week. */
const DEADLINE_MAX_SECONDS = 604_800;

export const machineListSchema = z.object({
  state: z.enum(MACHINE_STATES, `must be one of ${MACHINE_STATES.join(', ')}`).optional(),
  pool: z.string().optional().describe('Only those of this pool.'),
  os: z.enum(['linux', 'windows', 'darwin'], 'must be linux, windows or darwin').optional(),
  label: z
    .union([z.array(labelFilterSchema), labelFilterSchema.transform((one) => [one])])
    .optional()
    .describe('Only those with this label, as name or name=value; several times: with all of them.'),
});

export const machineIdSchema = z.object({ id: z.uuid('must be the id of a machine (a UUID)') });

export const drainSchema = z.object({
  deadlineSeconds: z
    .number('must be a whole number of seconds')
    .int('must be a whole number of seconds')
    .min(0, 'must be 0 or more')
    .max(DEADLINE_MAX_SECONDS, `must be at most ${DEADLINE_MAX_SECONDS} (a week)`)
    .optional()
    .describe('From now; then what still runs is given back to the queue. Absent: it runs to its end.'),
  preview: z.boolean().default(false).describe('true: only say what it would cost, and order nothing.'),
});

export type MachineListQuery = z.output<typeof machineListSchema>;
export type MachineId = z.output<typeof machineIdSchema>;
export type DrainBody = z.output<typeof drainSchema>;

/** Whether a machine is one of those that a list is asked for. */
export function isAskedFor(machine: Machine, { state, pool, os, label = [] }: MachineListQuery): boolean {
  return (
    (state === undefined || machine.state === state) &&
    (pool === undefined || machine.pool === pool) &&
    (os === undefined || machine.os === os) &&
    label.every((filter) => hasLabel(machine.labels, filter))
  );
}
