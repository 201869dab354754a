import { describe, expect, it } from '@jest/globals';
import { judgeHealth, type HealthReadings } from './health.js';

const well: HealthReadings = { engineProblem: null, recorderStuckSeconds: 0, stopping: false };

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
    expect(judgeHealth({ engineProblem: 'gone', recorderStuckSeconds: 99, stopping: true }).state).toBe(
      'draining',
    );
  });
});
