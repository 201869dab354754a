import { describe, expect, it } from '@jest/globals';
import type { BatchRun, RunState } from '../api-answers.js';
import { ApiError, UnreachableError } from '../api-error.js';
import { type RunSource, watchRun } from './watch-run.js';

/** Answers one look after the other: a state, or an error. */
function sourceOf(...looks: (RunState | Error)[]): RunSource {
  return {
    run: (runId) => {
      const look = looks.shift();
      if (look === undefined) throw new Error('looked too often');
      return look instanceof Error
        ? Promise.reject(look)
        : Promise.resolve({ runId, state: look } as BatchRun);
    },
  };
}

describe('watchRun', () => {
  const seen: RunState[] = [];
  const options = { intervalMs: 1, onProgress: (run: BatchRun) => void seen.push(run.state) };

  it('shows every look until the end', async () => {
    seen.length = 0;
    const run = await watchRun(sourceOf('waiting', 'running', 'cancelling', 'cancelled'), 'r', options);
    expect(run.state).toBe('cancelled');
    expect(seen).toEqual(['waiting', 'running', 'cancelling', 'cancelled']);
  });

  it('is patient with a management that is being restarted', async () => {
    const away = new UnreachableError('refused');
    const run = await watchRun(sourceOf('running', away, away, 'succeeded'), 'r', options);
    expect(run.state).toBe('succeeded');
  });

  it('gives up when management stays away', async () => {
    const away = new UnreachableError('refused');
    const watching = watchRun(sourceOf('running', away, away), 'r', { ...options, patienceMs: 0 });
    await expect(watching).rejects.toBe(away);
  });

  it('does not wait for a run that is not known', async () => {
    const unknown = new ApiError(404, 'not_found', 'There is no batch run.', []);
    await expect(watchRun(sourceOf(unknown), 'r', options)).rejects.toBe(unknown);
  });

  it('ends when it is interrupted', async () => {
    const controller = new AbortController();
    const watching = watchRun(sourceOf('running'), 'r', {
      ...options,
      intervalMs: 60_000,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 10);
    await expect(watching).rejects.toThrow();
  });
});
