import { describe, expect, it } from '@jest/globals';
import { judgeHealth, type HealthReadings } from './health.js';

const well: HealthReadings = {
  engineProblem: null,
  testFunction: 'passed',
  recorderStuckSeconds: 0,
  stopping: false,
  standing: { state: 'free', reason: '' },
  offer: null,
};
const down = { code: 'ENGINE_DOWN', message: 'no socket' } as const;
const slow = { code: 'ENGINE_SLOW', message: 'it took 7 s' } as const;

describe('judgeHealth', () => {
  it.each<[string, Partial<HealthReadings>, string, RegExp]>([
    ['everything answers', {}, 'ready', /^$/],
    ['the engine is away', { engineProblem: down }, 'unhealthy', /^ENGINE_DOWN: no socket$/],
    ['the engine is slow', { engineProblem: slow }, 'unhealthy', /^ENGINE_SLOW: it took 7 s$/],
    ['nothing has run yet', { testFunction: 'pending' }, 'unhealthy', /^TEST_FUNCTION_PENDING: /],
    [
      'the test function failed',
      { testFunction: { problem: 'no answer' } },
      'unhealthy',
      /^TEST_FUNCTION_FAILED: no answer$/,
    ],
    [
      'the engine is away, and nothing has run since',
      { engineProblem: down, testFunction: 'pending' },
      'unhealthy',
      /^ENGINE_DOWN/,
    ],
    ['the database is away for some seconds', { recorderStuckSeconds: 10 }, 'ready', /^$/],
    ['the database is away for longer', { recorderStuckSeconds: 11 }, 'unhealthy', /^DATABASE_DOWN: .* 11 s/],
    ...(['draining', 'drained', 'revoked'] as const).map(
      (state): [string, Partial<HealthReadings>, string, RegExp] => [
        `it was ordered to be ${state}, whatever the engine does`,
        { standing: { state, reason: 'because' }, engineProblem: down },
        state,
        /^because$/,
      ],
    ),
    [
      'it stops, whatever was ordered',
      { standing: { state: 'drained', reason: 'because' }, stopping: true },
      'draining',
      /being stopped/,
    ],
    [
      'its policy offers it',
      { offer: { state: 'unclaimed/idle', reason: null, isOpen: true } },
      'ready',
      /^$/,
    ],
    [
      'its owner needs it',
      { offer: { state: 'owner/idle', reason: 'USER_ACTIVE', isOpen: false } },
      'owner',
      /^USER_ACTIVE$/,
    ],
    [
      'it is quarantined',
      { offer: { state: 'unhealthy', reason: 'QUARANTINED', isOpen: false } },
      'unhealthy',
      /^QUARANTINED$/,
    ],
    [
      'its owner needs it and the engine is away',
      { offer: { state: 'owner/idle', reason: 'USER_ACTIVE', isOpen: false }, engineProblem: down },
      'unhealthy',
      /^ENGINE_DOWN/,
    ],
    [
      'it has no lease',
      { standing: { state: 'uncertain', reason: 'LEASE_LOST' } },
      'unhealthy',
      /^LEASE_LOST$/,
    ],
    [
      'it has no lease, and no engine',
      { standing: { state: 'uncertain', reason: 'LEASE_LOST' }, engineProblem: down },
      'unhealthy',
      /^ENGINE_DOWN/,
    ],
    [
      'it stops, whatever else is wrong',
      { engineProblem: down, recorderStuckSeconds: 99, stopping: true },
      'draining',
      /stopped/,
    ],
  ])('%s', (_when, readings, state, reason) => {
    const health = judgeHealth({ ...well, ...readings });
    expect(health.state).toBe(state);
    expect(health.reason).toMatch(reason);
  });
});
