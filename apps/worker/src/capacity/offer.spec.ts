import { describe, expect, it } from '@jest/globals';
import type { CapacityOffer, Health } from './health.js';
import { capacityOf } from './offer.js';

const open: CapacityOffer = { state: 'claimed/busy', reason: null, isOpen: true };
const suspended: CapacityOffer = { state: 'claimed/suspended', reason: 'USER_ACTIVE', isOpen: false };

describe('capacityOf', () => {
  it.each<[Health['state'], CapacityOffer | null, number, string, string]>([
    ['ready', null, 0, 'unclaimed/idle', ''],
    ['ready', null, 2, 'claimed/busy', ''],
    ['unhealthy', null, 0, 'unhealthy', ''],
    ['draining', null, 1, 'drained/retiring', 'DRAINING'],
    ['drained', null, 0, 'drained/idle', 'DRAINING'],
    ['revoked', null, 0, 'unhealthy', ''],
    ['ready', open, 1, 'claimed/busy', ''],
    ['owner', suspended, 1, 'claimed/suspended', 'USER_ACTIVE'],
    ['unhealthy', suspended, 1, 'claimed/suspended', 'USER_ACTIVE'],
    ['unhealthy', open, 1, 'unhealthy', ''],
    ['draining', open, 1, 'drained/retiring', 'DRAINING'],
  ])(
    'of a machine that is %s, with the offer %j and %s slots busy, is %s',
    (health, offer, busy, state, reason) => {
      const said =
        health === 'ready' ? { state: health, reason: '' as const } : { state: health, reason: 'why' };
      expect(capacityOf(said, offer, busy, null)).toEqual({ state, reason });
    },
  );

  it('says of a machine without a policy why work that waits is not run there, while none is', () => {
    const ready = { state: 'ready', reason: '' } as const;
    const idle = { state: 'unclaimed/idle', reason: 'WINDOW_TOO_SHORT' };
    expect(capacityOf(ready, null, 0, 'WINDOW_TOO_SHORT')).toEqual(idle);
    expect(capacityOf(ready, null, 1, 'WINDOW_TOO_SHORT').reason).toBe('');
  });
});
