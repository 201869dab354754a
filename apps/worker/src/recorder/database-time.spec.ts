import { describe, expect, it } from '@jest/globals';
import type { ChunkProgress } from '#shared/domain/batch.js';
import type { InvocationOutcome, LogLine } from '#shared/domain/invocation.js';
import { outcomeInTime, progressInTime } from './database-time.js';

const HOUR_MS = 3_600_000;
const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 29, hour));
const line = (hour: number): LogLine => ({
  loggedAt: at(hour),
  level: 'information',
  category: 'user',
  message: 'hello',
});

const outcome = (hour: number): InvocationOutcome => ({
  id: 'id',
  fence: 1,
  appId: 'app',
  appVersionId: 'version',
  functionName: 'hello',
  trigger: 'http',
  state: 'succeeded',
  input: { kind: 'queue', message: '' },
  attempts: [{ number: 1, startedAt: at(hour), durationMs: 3 }],
  logs: [line(hour)],
  logsTruncated: false,
  machineId: 'machine',
  coldStart: false,
  acceptedAt: at(1),
  startedAt: at(hour),
  endedAt: at(hour),
});

const progress = (hour: number): ChunkProgress => ({
  chunkId: 'chunk',
  runId: 'run',
  fence: 1,
  machineId: 'machine',
  done: false,
  items: [
    {
      lineNumber: 1,
      state: 'succeeded',
      attempts: 1,
      startedAt: at(hour),
      durationMs: 3,
      logs: [line(hour)],
    },
    { lineNumber: 2, state: 'succeeded', attempts: 1, startedAt: at(hour), durationMs: 3 },
  ],
});

describe('the times of outcomes', () => {
  it('are moved by what the clock of this machine is wrong, all but that of the acceptance', () => {
    expect(outcomeInTime(outcome(12), HOUR_MS)).toEqual(outcome(11));
    expect(outcomeInTime(outcome(12), -HOUR_MS)).toEqual(outcome(13));
    expect(progressInTime(progress(12), HOUR_MS)).toEqual(progress(11));
  });

  it('are left alone, and cost nothing, where it is right', () => {
    const [one, many] = [outcome(12), progress(12)];
    expect(outcomeInTime(one, 0)).toBe(one);
    expect(progressInTime(many, 0)).toBe(many);
  });
});
