import type { BadputReason } from '#shared/domain/function-time.js';
import type { CapacityOffer } from '../capacity/health.js';
import type { Standing } from '../capacity/standing.js';

/** What may take work off a machine. */
export interface LossFacts {
  readonly isStopping: boolean;
  readonly standing: Pick<Standing, 'state'>;
  /** Null: no policy acts. */
  readonly offer: Pick<CapacityOffer, 'reason' | 'isOpen'> | null;
}

/** Why work that is being taken off the machine is. In the order of authority. */
export function whyLost({ isStopping, standing, offer }: LossFacts): BadputReason {
  if (isStopping) return 'WORKER_STOPPED';
  if (offer && !offer.isOpen && offer.reason === 'USER_REQUEST') return 'USER_REQUEST';
  switch (standing.state) {
    case 'uncertain':
      return 'CONTACT_LOST';
    case 'free':
      return offer && !offer.isOpen && offer.reason !== null ? offer.reason : 'CONTAINER_LOST';
    default:
      return 'DRAINING';
  }
}
