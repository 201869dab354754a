import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import type { CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { CapacityClock, Reading, Readings, WorkReading } from '#shared/domain/capacity/readings.js';
import { compileCapacityPolicy } from '#shared/contracts/capacity-policy/compile-policy.js';
import { decide, type CapacityDecision } from '../../apps/worker/src/capacity/policy/decide.js';

const GIB = 2 ** 30;
const NOW_MS = 1_000_000_000;

export const NO_WORK: WorkReading = { claimed: 0, running: 0, refused: null, contention: null };
export const BUSY_WORK: WorkReading = { ...NO_WORK, claimed: 2, running: 2 };
export const PAUSED_WORK: WorkReading = { ...NO_WORK, claimed: 2 };

/** A machine that nobody needs: in the middle of a night, long without input, on mains, with room. */
export const IDLE_READINGS: Readings = {
  owner: { kind: 'offered' },
  drain: null,
  engine: 'healthy',
  contactLostSeconds: 0,
  power: 'mains',
  exclusiveApp: null,
  disk: { totalBytes: 500 * GIB, freeBytes: 250 * GIB },
  inputAgeSeconds: 100_000,
  rdpSessions: 0,
  foreignCpuPercent: 5,
  memory: { totalBytes: 16 * GIB, foreignBytes: 2 * GIB, ownBytes: GIB },
  work: NO_WORK,
};

/** A policy in Berlin's time, on an engine that can pause. */
export function policyOf(layer: Readonly<Record<string, unknown>> = {}): CapacityPolicy {
  return compileCapacityPolicy({ machine: layer }, { timeZone: 'Europe/Berlin', canPause: true });
}

/** A look at a machine, told by what differs from an idle one that has long been in a state. */
export interface Look {
  readonly policy?: CapacityPolicy;
  readonly readings?: Partial<Readings>;
  readonly secondsInState?: number;
  readonly upSeconds?: number;
  /** Null: foreign load is idle. */
  readonly loadBusySeconds?: number | null;
  readonly utcMs?: Reading<number>;
  readonly quarantined?: boolean;
  readonly reason?: CapacityReason | null;
}

/** The decision of one look. */
export function lookFrom(state: CapacityState, look: Look = {}): CapacityDecision {
  const now: CapacityClock = {
    monotonicMs: NOW_MS,
    utcMs: look.utcMs ?? Date.parse('2026-11-18T01:00:00Z'),
  };
  const loadBusySeconds = look.loadBusySeconds ?? null;
  const status = {
    state,
    sinceMs: NOW_MS - (look.secondsInState ?? 10_000) * 1000,
    reason: look.reason ?? null,
    startedAtMs: NOW_MS - (look.upSeconds ?? 100_000) * 1000,
    loadBusySinceMs: loadBusySeconds === null ? null : NOW_MS - loadBusySeconds * 1000,
    quarantined: look.quarantined ?? false,
  };
  return decide(status, { ...IDLE_READINGS, ...look.readings }, look.policy ?? policyOf(), now);
}

/** The moment of a look, for orders that name one. */
export function monotonicIn(seconds: number): number {
  return NOW_MS + seconds * 1000;
}
