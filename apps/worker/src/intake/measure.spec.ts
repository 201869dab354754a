import { describe, expect, it } from '@jest/globals';
import type { ChunkJob, InvocationJob } from '#shared/contracts/jobs.js';
import type { FunctionEnding } from './function-run.js';
import { measure } from './measure.js';

const at = new Date(0);
const attempt = (durationMs: number) => ({ number: 1, startedAt: at, durationMs });
const ended = (state: FunctionEnding['state']): FunctionEnding => ({
  state,
  attempts: [attempt(500), attempt(1500)],
  coldStart: false,
  startedAt: at,
  endedAt: at,
});
const call = { kind: 'invocation', appId: 'a', functionName: 'f' } as InvocationJob;
const chunk = { kind: 'chunk', appId: 'a', functionName: 'f' } as ChunkJob;

describe('measure', () => {
  it.each<[string, ChunkJob | InvocationJob, FunctionEnding['state'], number, unknown[]]>([
    ['a call', call, 'succeeded', 1, [['call', 2]]],
    ['an item', chunk, 'succeeded', 1, [['item', 2]]],
    ['a group', chunk, 'succeeded', 4, [['item', 0.5]]],
    ['what came to the end of its time', call, 'timedOut', 1, [['call', 2]]],
    ['not what failed', call, 'failed', 1, []],
    ['not what was given up', call, 'abandoned', 1, []],
    ['not what nobody waited for', call, 'cancelled', 1, []],
  ])('notes %s', (_what, job, state, items, expected) => {
    const noted: unknown[] = [];
    const durations = {
      measured: ({ kind }: { kind: string }, seconds: number) => void noted.push([kind, seconds]),
    };
    measure(durations, job, ended(state), items);
    expect(noted).toEqual(expected);
  });
});
