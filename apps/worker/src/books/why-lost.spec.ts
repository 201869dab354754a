import { describe, expect, it } from '@jest/globals';
import { whyLost, type LossFacts } from './why-lost.js';

const facts = (more: Partial<LossFacts>): LossFacts => ({
  isStopping: false,
  standing: { state: 'free' },
  offer: { reason: 'USER_ACTIVE', isOpen: false },
  ...more,
});

describe('whyLost', () => {
  it.each([
    ['what the policy says', {}, 'USER_ACTIVE'],
    [
      'the stop of the worker, whatever else',
      { isStopping: true, standing: { state: 'uncertain' } },
      'WORKER_STOPPED',
    ],
    ['an administrator', { standing: { state: 'draining' } }, 'DRAINING'],
    ['a key that was taken', { standing: { state: 'revoked' } }, 'DRAINING'],
    ['a lease that has ended', { standing: { state: 'uncertain' } }, 'CONTACT_LOST'],
    [
      'the owner, who is above them',
      { standing: { state: 'draining' }, offer: { reason: 'USER_REQUEST', isOpen: false } },
      'USER_REQUEST',
    ],
    [
      'its container, where nothing keeps work away',
      { offer: { reason: null, isOpen: true } },
      'CONTAINER_LOST',
    ],
    ['its container, where no policy acts', { offer: null }, 'CONTAINER_LOST'],
  ] as const)('is %s', (_what, more, reason) => {
    expect(whyLost(facts(more))).toBe(reason);
  });
});
