import { describe, expect, it } from '@jest/globals';
import type { InvocationOutcome } from '#shared/domain/invocation.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import type { InvocationStore } from '#shared/store/invocation-store.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { LeaseEndedError, Recorder } from './recorder.js';

const outcome = (id: string): InvocationOutcome => ({ id }) as InvocationOutcome;

describe('Recorder', () => {
  let isHeld = true;
  const committed: string[] = [];
  const failures: unknown[] = [];
  const invocations = {
    recordOutcomes: (outcomes: readonly InvocationOutcome[]) => {
      committed.push(...outcomes.map(({ id }) => id));
      return Promise.resolve({ refusedIds: outcomes.map(({ id }) => id).filter((id) => id === 'late') });
    },
  } as unknown as InvocationStore;
  const recorder = new Recorder(
    invocations,
    {} as BatchStore,
    () => 0,
    () => isHeld,
    { onCommitFailed: (error) => failures.push(error) },
  );

  it('commits, and says what was refused', async () => {
    expect(await Promise.all([recorder.record(outcome('one')), recorder.record(outcome('late'))])).toEqual([
      'committed',
      'refused',
    ]);
  });

  it('commits nothing without a lease, and what it held once there is one again', async () => {
    committed.length = 0;
    isHeld = false;
    const held = recorder.record(outcome('two'));
    await waitFor(() => failures.length > 1, { timeoutMs: 60_000 });
    expect(failures[0]).toBeInstanceOf(LeaseEndedError);
    expect(committed).toEqual([]);
    isHeld = true;
    expect(await held).toBe('committed');
    expect(committed).toEqual(['two']);
  });
});
