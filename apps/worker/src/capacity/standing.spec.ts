import { describe, expect, it } from '@jest/globals';
import { judgeStanding, type StandingFacts } from './standing.js';

const free: StandingFacts = {
  orders: { revoked: false, drain: null },
  drainEndsMs: null,
  leaseEndsMs: 1_000,
  hasGivenBack: false,
  busy: 2,
};
const at = new Date(0);
const drained = { revoked: false, drain: { requestedAt: at, deadlineAt: null, requestedBy: 'Ada' } };
const revoked = { revoked: true, drain: null };

describe('judgeStanding', () => {
  it.each<[string, Partial<StandingFacts>, number, string, boolean, number | null]>([
    ['all is well', {}, 0, 'free', false, 1_000],
    ['the lease is about to end', {}, 999, 'free', false, 1_000],
    ['the lease has ended', {}, 1_000, 'uncertain', true, null],
    ['there was no heartbeat yet', { orders: null, leaseEndsMs: null }, 0, 'uncertain', false, null],
    ['drained without a deadline, busy', { orders: drained }, 0, 'draining', false, 1_000],
    ['drained without a deadline, empty', { orders: drained, busy: 0 }, 0, 'drained', false, 1_000],
    ['drained before the deadline', { orders: drained, drainEndsMs: 500 }, 499, 'draining', false, 500],
    [
      'drained with a deadline after the lease',
      { orders: drained, drainEndsMs: 9_999 },
      0,
      'draining',
      false,
      1_000,
    ],
    ['drained at the deadline', { orders: drained, drainEndsMs: 500 }, 500, 'draining', true, 1_000],
    ['drained, and the lease has ended', { orders: drained }, 1_000, 'uncertain', true, null],
    ['given back and still busy', { hasGivenBack: true }, 0, 'uncertain', false, 1_000],
    ['given back and empty', { hasGivenBack: true, busy: 0 }, 0, 'free', false, 1_000],
    ['revoked', { orders: revoked }, 0, 'revoked', true, null],
    ['revoked after the lease', { orders: revoked }, 2_000, 'revoked', true, null],
  ])('%s', (_what, facts, nowMs, state, mustGiveBack, untilMs) => {
    const standing = judgeStanding({ ...free, ...facts }, nowMs);
    expect(standing).toMatchObject({ state, mustGiveBack, untilMs });
    expect(standing.reason === '').toBe(state === 'free');
  });

  it('says who ordered the drain', () => {
    expect(judgeStanding({ ...free, orders: drained }, 0).reason).toBe('DRAINING: ordered by Ada.');
  });
});
