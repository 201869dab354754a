import type { Selectable } from 'kysely';
import type { MachineAttributes, MachineCapacity, MachineDrain, MachineLabels } from '../../domain/fleet.js';
import type { Machine, MachineReport, MachineState } from '../../domain/machine.js';
import { spendingOf } from '../../domain/machine-time.js';
import type { MachineOrdersTable, MachineTable } from './schema.js';
import { asDate, asDateOrNull, asNumber, fromJson, fromJsonOrUndefined, toJson } from './values.js';

/** The columns of orders that a machine's row is read with; all null for a machine without orders. */
type OrderColumns = {
  readonly [Column in keyof Omit<Selectable<MachineOrdersTable>, 'machine_id'>]:
    Selectable<MachineOrdersTable>[Column] | null;
};

export type MachineRow = Selectable<MachineTable> & OrderColumns;

export function fromReport(report: MachineReport) {
  return {
    name: report.name,
    os: report.os,
    pool: report.pool,
    runtime: report.runtime,
    state: report.state,
    reason: report.reason,
    cores: report.cores,
    memory_bytes: report.memoryBytes,
    slots: report.slots,
    slots_busy: report.slotsBusy,
    busy_seconds: report.busySeconds ?? null,
    attributes: report.attributes ? JSON.stringify(report.attributes) : null,
    container_caps: toJson(report.containerCaps),
    capacity_state: report.capacity?.state ?? null,
    capacity_reason: report.capacity?.reason ?? null,
    spending: JSON.stringify(spendingOf(report)),
  };
}

export function toMachine(row: MachineRow, now: Date, offlineAfterSeconds: number): Machine {
  return {
    id: row.id,
    name: row.name,
    os: row.os as Machine['os'],
    pool: row.pool,
    runtime: row.runtime as Machine['runtime'],
    state: stateOf(row, now, offlineAfterSeconds),
    reason: row.reason,
    cores: row.cores,
    memoryBytes: asNumber(row.memory_bytes),
    slots: row.slots,
    slotsBusy: row.slots_busy,
    busySeconds: row.busy_seconds,
    attributes: row.attributes === null ? null : fromJson<MachineAttributes>(row.attributes),
    capacity: toCapacity(row),
    lastSeenAt: asDate(row.last_seen_at),
    labels: row.labels === null ? {} : fromJson<MachineLabels>(row.labels),
    drain: toDrain(row),
    revokedAt: asDateOrNull(row.revoked_at),
    containerCaps: fromJsonOrUndefined(row.container_caps),
  };
}

export function toDrain(row: OrderColumns): MachineDrain | null {
  if (row.drain_requested_at === null) return null;
  return {
    requestedAt: asDate(row.drain_requested_at),
    deadlineAt: asDateOrNull(row.drain_deadline_at),
    requestedBy: row.drain_requested_by ?? '',
  };
}

function toCapacity({ capacity_state: state, capacity_reason: reason }: MachineRow): MachineCapacity | null {
  // Written by workers out of the same words.
  return state === null ? null : ({ state, reason: reason ?? '' } as MachineCapacity);
}

function stateOf(row: MachineRow, now: Date, offlineAfterSeconds: number): MachineState {
  if (row.revoked_at !== null) return 'revoked';
  const leaseUntil =
    asDateOrNull(row.lease_until)?.getTime() ??
    asDate(row.last_seen_at).getTime() + offlineAfterSeconds * 1000;
  return now.getTime() > leaseUntil ? 'offline' : (row.state as MachineState);
}
