import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import { mayCompute, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { Reading } from '#shared/domain/capacity/readings.js';

/** One time that running work gave the processor back. */
export interface Release {
  readonly reason: CapacityReason | null;
  /** How: the work was paused, or its containers were ended. */
  readonly by: 'suspend' | 'vacate' | 'kill';
  /** From the event (the owner's input, where it was that) to the moment when no container of ours had the processor any more. */
  readonly seconds: number;
}

/** A look at the machine, as far as releases are measured. Times are monotonic milliseconds. */
export interface ReleaseLook {
  readonly nowMs: number;
  readonly state: CapacityState;
  readonly reason: CapacityReason | null;
  readonly inputAgeSeconds: Reading<number>;
  /** Containers of ours that may use the processor. */
  readonly computing: number;
}

interface Pending {
  readonly reason: CapacityReason | null;
  readonly sinceMs: number;
  by: Release['by'];
}

/**
 * Measures how long the owner waits for the processor: from when work had to give it back until it had. It is given every look, and
 * the moments in between at which containers were paused or ended.
 */
export class ReleaseMeter {
  #pending: Pending | undefined;
  #before: ReleaseLook | undefined;

  /** @returns what has come to its end with this look */
  look(look: ReleaseLook): Release | undefined {
    const before = this.#before;
    this.#before = look;
    if (mayCompute(look.state)) this.#pending = undefined;
    else if (before && mayCompute(before.state) && before.computing > 0) this.#pending = begun(look);
    const pending = this.#pending;
    if (!pending) return undefined;
    pending.by = howOf(look.state) ?? pending.by;
    if (look.computing > 0) return undefined;
    this.#pending = undefined;
    return { reason: pending.reason, by: pending.by, seconds: (look.nowMs - pending.sinceMs) / 1000 };
  }

  /** A moment between two looks. @returns as `look` does */
  moment(nowMs: number, computing: number): Release | undefined {
    return this.#before && this.#pending ? this.look({ ...this.#before, nowMs, computing }) : undefined;
  }
}

function begun({ nowMs, state, reason, inputAgeSeconds }: ReleaseLook): Pending {
  const isInput = reason === 'USER_ACTIVE' && inputAgeSeconds !== 'unknown';
  return { reason, sinceMs: nowMs - (isInput ? inputAgeSeconds * 1000 : 0), by: howOf(state) ?? 'kill' };
}

function howOf(state: CapacityState): Release['by'] | undefined {
  if (state === 'claimed/suspended') return 'suspend';
  if (state === 'preempting/vacating') return 'vacate';
  return state === 'preempting/killing' ? 'kill' : undefined;
}
