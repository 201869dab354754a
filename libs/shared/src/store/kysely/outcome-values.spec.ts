import { describe, expect, it } from '@jest/globals';
import type { InvocationOutcome } from '../../domain/invocation.js';
import { INVOCATION_LOGS, OUTCOMES } from './invocation-targets.js';
import { newestAttempts } from './outcome-recording.js';
import { cutOversize, encodeOutcome, isOversize, pushLogs, pushOutcome } from './outcome-values.js';

const NOW = new Date(1_764_000_000_123);

function outcome(id: string, fence: number): InvocationOutcome {
  return {
    id,
    fence,
    appId: 'app',
    appVersionId: 'version',
    functionName: 'f',
    trigger: 'http',
    state: 'succeeded',
    input: { kind: 'queue', message: 'in' },
    output: { returnValue: 'out' },
    attempts: [],
    logs: [{ loggedAt: NOW, level: 'error', category: 'user', message: 'oh' }],
    logsTruncated: false,
    machineId: 'machine',
    coldStart: true,
    acceptedAt: NOW,
    startedAt: NOW,
    endedAt: NOW,
  };
}

describe('isOversize', () => {
  it.each([
    ['x'.repeat(10), 10, false],
    ['x'.repeat(11), 10, true],
    ['é'.repeat(5), 10, false],
    ['é'.repeat(6), 10, true],
    ['😀'.repeat(2), 8, false],
    ['😀'.repeat(3), 8, true],
    ['', 0, false],
  ])('measures "%s" in bytes against %i', (json, bytes, oversize) => {
    expect(isOversize(json, bytes)).toBe(oversize);
  });

  it('finds nothing too long in what is absent', () => {
    expect(isOversize(null, 0)).toBe(false);
  });
});

describe('cutOversize', () => {
  it('leaves out only what is too long, and says so', () => {
    const encoded = encodeOutcome(outcome('a', 1));
    const kept = Math.min(encoded.input?.length ?? 0, encoded.output?.length ?? 0);
    expect(cutOversize(encoded, kept)).toMatchObject({
      input: null,
      inputTruncated: true,
      output: encoded.output,
      outputTruncated: false,
    });
    expect(cutOversize(encoded, 1000)).toEqual(encoded);
  });
});

describe('the values of an outcome', () => {
  it('stand in the order of the columns', () => {
    const values: unknown[] = [];
    pushOutcome(values, encodeOutcome(outcome('a', 7)));
    const row = Object.fromEntries(OUTCOMES.columns.map((column, index) => [column.name, values[index]]));
    expect(values).toHaveLength(OUTCOMES.columns.length);
    expect(row).toMatchObject({ id: 'a', fence: 7, outcome_fence: 7, dispatch_count: 0, cold_start: 1 });
    expect(row).toMatchObject({ output: '{"returnValue":"out"}', failure: null, ended_at: NOW.getTime() });
    const logs: unknown[] = [];
    pushLogs(logs, outcome('a', 7));
    expect(logs).toEqual(['a', 7, 1, NOW.getTime(), 'error', 'user', 'oh']);
    expect(logs).toHaveLength(INVOCATION_LOGS.columns.length);
  });
});

describe('newestAttempts', () => {
  it('keeps the largest fence of each invocation and names those that had others', () => {
    const { newest, overtakenIds } = newestAttempts([
      outcome('a', 2),
      outcome('b', 1),
      outcome('a', 1),
      outcome('a', 3),
      outcome('b', 1),
    ]);
    expect(newest.map(({ id, fence }) => `${id}${fence}`)).toEqual(['a3', 'b1']);
    expect(overtakenIds).toEqual(['a']);
  });
});
