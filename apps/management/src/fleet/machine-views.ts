import { z } from 'zod';
import type { Machine } from '#shared/domain/machine.js';

export const MACHINE_STATES = [
  'unhealthy',
  'ready',
  'owner',
  'draining',
  'drained',
  'revoked',
  'offline',
] as const;

export const machineView = z.object({
  id: z.string(),
  name: z.string(),
  os: z.enum(['linux', 'windows', 'darwin']),
  osBuild: z.string().nullable(),
  pool: z.string(),
  runtime: z.enum(['docker', 'process']).describe('process: functions run without isolation.'),
  isolation: z.string().nullable().describe('How the engine separates containers; null: it is not known.'),
  engineVersion: z.string().nullable(),
  state: z
    .enum(MACHINE_STATES)
    .describe(
      'offline: its lease has ended, which is after three missed heartbeats of 10 s. owner: its capacity policy offers nothing now.',
    ),
  reason: z.string().describe('Why it is in that state; empty when there is nothing to say.'),
  capacity: z
    .object({
      state: z.string().describe('owner, unclaimed, claimed, preempting, drained or unhealthy.'),
      activity: z.string().describe('idle, busy, suspended, retiring, vacating or killing; else empty.'),
      reason: z
        .string()
        .describe('Why it does no more, such as USER_ACTIVE; empty: nothing stands in the way.'),
    })
    .nullable()
    .describe('What it does with its spare time, as of its last heartbeat; null: its worker does not say.'),
  labels: z.record(z.string(), z.string()),
  cores: z.number().int(),
  memoryBytes: z.number().int(),
  slots: z.number().int().describe('How many functions it runs at once.'),
  slotsBusy: z.number().int(),
  drain: z
    .object({
      requestedAt: z.iso.datetime(),
      deadlineAt: z.iso.datetime().nullable().describe('Then what still runs is given back.'),
      requestedBy: z.string(),
    })
    .nullable()
    .describe('The order to take nothing new; the machine hears of it with its next heartbeat.'),
  lastSeenAt: z.iso.datetime(),
});

export const machineListView = z.object({ machines: z.array(machineView) });

export type MachineView = z.infer<typeof machineView>;
export type MachineListView = z.infer<typeof machineListView>;

export function toMachineView(machine: Machine): MachineView {
  const { attributes, drain } = machine;
  return {
    id: machine.id,
    name: machine.name,
    os: machine.os,
    osBuild: attributes?.osBuild ?? null,
    pool: machine.pool,
    runtime: machine.runtime,
    isolation: attributes?.isolation ?? null,
    engineVersion: attributes?.engineVersion ?? null,
    state: machine.state,
    reason: machine.reason,
    capacity: toCapacityView(machine),
    labels: machine.labels,
    cores: machine.cores,
    memoryBytes: machine.memoryBytes,
    slots: machine.slots,
    slotsBusy: machine.slotsBusy,
    drain: drain && {
      requestedAt: drain.requestedAt.toISOString(),
      deadlineAt: drain.deadlineAt?.toISOString() ?? null,
      requestedBy: drain.requestedBy,
    },
    lastSeenAt: machine.lastSeenAt.toISOString(),
  };
}

function toCapacityView({ capacity }: Machine): MachineView['capacity'] {
  if (!capacity) return null;
  const [state = '', activity = ''] = capacity.state.split('/');
  return { state, activity, reason: capacity.reason };
}
