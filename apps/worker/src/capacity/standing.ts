import type { MachineOrders } from '#shared/domain/fleet.js';

/** What decides whether this worker may go on, but for its own health. Times are of the monotonic clock, milliseconds. */
export interface StandingFacts {
  /** The last answer to a heartbeat; null: there was none yet. */
  readonly orders: Pick<MachineOrders, 'revoked' | 'drain'> | null;
  /** When what still runs must be given back, as the drain was ordered; null: there is no such time. */
  readonly drainEndsMs: number | null;
  /** Until when the last heartbeat lets this worker go on. Null: it has not been answered yet, and nothing runs. */
  readonly leaseEndsMs: number | null;
  /** Work was given back, and this worker has taken none since. */
  readonly hasGivenBack: boolean;
  /** Pieces of work under way. */
  readonly busy: number;
}

/**
 * `free`: as far as the lease and the orders are concerned it may take work. In any other it takes nothing new.
 * `uncertain`: it has no lease, or what it gave back has not come to its end here.
 */
export interface Standing {
  readonly state: 'free' | 'uncertain' | 'draining' | 'drained' | 'revoked';
  readonly reason: string;
  /** What runs goes back to the queue, now. */
  readonly mustGiveBack: boolean;
  /** When time alone changes the answer. */
  readonly untilMs: number | null;
}

/** The order is that of authority: a key that was taken, then the lease, then an administrator's drain. */
export function judgeStanding(facts: StandingFacts, nowMs: number): Standing {
  const { orders, leaseEndsMs, drainEndsMs, busy } = facts;
  if (orders?.revoked) {
    const reason = 'The key of this machine was revoked: enrol it anew.';
    return { state: 'revoked', reason, mustGiveBack: true, untilMs: null };
  }
  if (leaseEndsMs === null) return uncertain('LEASE_LOST: no heartbeat has been answered yet.', false);
  if (nowMs >= leaseEndsMs) {
    return uncertain('LEASE_LOST: no heartbeat was answered in time; what ran was given back.', true);
  }
  if (orders?.drain) {
    const isOver = drainEndsMs !== null && nowMs >= drainEndsMs;
    const reason = `DRAINING: ordered by ${orders.drain.requestedBy || 'an administrator'}.`;
    const untilMs = isOver || drainEndsMs === null ? leaseEndsMs : Math.min(leaseEndsMs, drainEndsMs);
    return { state: busy > 0 ? 'draining' : 'drained', reason, mustGiveBack: isOver, untilMs };
  }
  if (facts.hasGivenBack && busy > 0) {
    return { ...uncertain('What was given back has not ended here yet.', false), untilMs: leaseEndsMs };
  }
  return { state: 'free', reason: '', mustGiveBack: false, untilMs: leaseEndsMs };
}

function uncertain(reason: string, mustGiveBack: boolean): Standing {
  return { state: 'uncertain', reason, mustGiveBack, untilMs: null };
}
