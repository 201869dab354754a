import { z } from 'zod';
import type { Machine } from '#shared/domain/machine.js';

export const machineView = z.object({
  id: z.string(),
  name: z.string(),
  os: z.enum(['linux', 'windows', 'darwin']),
  pool: z.string(),
  runtime: z.enum(['docker', 'process']).describe('process: functions run without isolation.'),
  state: z
    .enum(['unhealthy', 'ready', 'draining', 'drained', 'revoked', 'offline'])
    .describe('offline: its lease has ended, which is after three missed heartbeats of 10 s.'),
  reason: z.string().describe('Why it is in that state; empty when there is nothing to say.'),
  cores: z.number().int(),
  memoryBytes: z.number().int(),
  slots: z.number().int().describe('How many functions it runs at once.'),
  slotsBusy: z.number().int(),
  lastSeenAt: z.iso.datetime(),
});

export const machineListView = z.object({ machines: z.array(machineView) });

export type MachineListView = z.infer<typeof machineListView>;

export function toMachineView(machine: Machine): z.infer<typeof machineView> {
  const { id, name, os, pool, runtime, state, reason, cores, memoryBytes, slots, slotsBusy, lastSeenAt } =
    machine;
  return {
    id,
    name,
    os,
    pool,
    runtime,
    state,
    reason,
    cores,
    memoryBytes,
    slots,
    slotsBusy,
    lastSeenAt: lastSeenAt.toISOString(),
  };
}
