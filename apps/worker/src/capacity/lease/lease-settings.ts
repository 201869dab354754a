import { InvalidInputError } from '#shared/domain/errors.js';
import { OFFLINE_AFTER_SECONDS } from '#shared/domain/machine.js';

/** One may be lost, and one may be late. */
const HEARTBEATS_PER_LEASE = 3;

/**
 * For how long a heartbeat lets the machine keep its work, seconds.
 * Throws `InvalidInputError` when that is too short for the heartbeats.
 */
export function compileLeaseSeconds(values: {
  readonly heartbeatSeconds: number;
  readonly leaseSeconds?: number | undefined;
}): number {
  const least = HEARTBEATS_PER_LEASE * values.heartbeatSeconds;
  const leaseSeconds = values.leaseSeconds ?? Math.max(OFFLINE_AFTER_SECONDS, least);
  if (leaseSeconds >= least) return leaseSeconds;
  throw new InvalidInputError('The settings of worker are not right.', [
    `leaseSeconds (${leaseSeconds}) must be at least ${HEARTBEATS_PER_LEASE} × heartbeatSeconds (${values.heartbeatSeconds}): ` +
      'one heartbeat may be lost, and one may be late.',
  ]);
}
