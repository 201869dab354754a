import { describe, expect, it } from '@jest/globals';
import { judgeHealth, type HealthReadings } from './health.js';

const well: HealthReadings = {
  engineProblem: null,
  recorderStuckSeconds: 0,
  stopping: false,
  standing: { state: 'free', reason: '' },
};

describe('judgeHealth', () => {
  it('is ready when everything answers', () => {
    expect(judgeHealth(well)).toEqual({ state: 'ready', reason: '' });
  });

  it('says what the engine said', () => {
    expect(judgeHealth({ ...well, engineProblem: 'no socket' })).toEqual({
      state: 'unhealthy',
      reason: 'ENGINE_DOWN: no socket',
    });
  });

  it('bears with a database that is away for some seconds, and not for longer', () => {
    expect(judgeHealth({ ...well, recorderStuckSeconds: 10 }).state).toBe('ready');
    expect(judgeHealth({ ...well, recorderStuckSeconds: 11 }).state).toBe('unhealthy');
  });

  it('drains while it stops, whatever else is wrong', () => {
    expect(
      judgeHealth({ ...well, engineProblem: 'gone', recorderStuckSeconds: 99, stopping: true }).state,
    ).toBe('draining');
  });

  it.each(['draining', 'drained', 'revoked'] as const)(
    'is %s as it was ordered, whatever the engine does',
    (state) => {
      const standing = { state, reason: 'because' };
      expect(judgeHealth({ ...well, standing, engineProblem: 'gone' })).toEqual(standing);
      expect(judgeHealth({ ...well, standing, stopping: true }).reason).toMatch(/being stopped/);
    },
  );

  it('is unhealthy without a lease, and says first what is wrong with the engine', () => {
    const standing = { state: 'uncertain', reason: 'LEASE_LOST' } as const;
    expect(judgeHealth({ ...well, standing })).toEqual({ state: 'unhealthy', reason: 'LEASE_LOST' });
    expect(judgeHealth({ ...well, standing, engineProblem: 'gone' }).reason).toBe('ENGINE_DOWN: gone');
  });
});
