import { isOffered, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { WorkReading } from '#shared/domain/capacity/readings.js';
import type { MachineCapacity } from '#shared/domain/fleet.js';
import type { CapacityOffer, Health } from './health.js';

const WITHOUT_POLICY: Readonly<Record<Exclude<Health['state'], 'ready'>, CapacityState>> = {
  unhealthy: 'unhealthy',
  revoked: 'unhealthy',
  owner: 'owner/idle',
  draining: 'drained/retiring',
  drained: 'drained/idle',
};

/**
 * What is reported of a machine's spare time. Where no policy acts, and where something else keeps work away that the policy would
 * allow, it follows from the worker's health.
 */
export function capacityOf(
  health: Health,
  offer: CapacityOffer | null,
  slotsBusy: number,
  refused: WorkReading['refused'],
): MachineCapacity {
  if (offer && (health.state === 'ready' || !isOffered(offer.state)))
    return { state: offer.state, reason: offer.reason ?? '' };
  if (health.state === 'ready')
    return slotsBusy > 0
      ? { state: 'claimed/busy', reason: '' }
      : { state: 'unclaimed/idle', reason: refused ?? '' };
  const drains = health.state === 'draining' || health.state === 'drained';
  return { state: WITHOUT_POLICY[health.state], reason: drains ? 'DRAINING' : '' };
}
