import { describe, expect, it } from '@jest/globals';
import type { BatchRun, RunProgress } from '#shared/domain/batch.js';
import type { FailureThreshold } from '#shared/domain/batch-definition.js';
import type { Failure } from '#shared/domain/invocation.js';
import type { BatchEventStore, NewBatchEvent } from '#shared/store/batch-event-store.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import { FailureLimits } from './failure-limits.js';

/** The two stores, as far as limits see them. */
class Stores {
  itemsFailed = 0;
  reads = 0;
  readonly events: NewBatchEvent[] = [];
  readonly stopped: Failure[] = [];
  canStop = true;

  progress(): Promise<Partial<RunProgress>> {
    this.reads += 1;
    return Promise.resolve({ itemsSucceeded: 100, itemsFailed: this.itemsFailed });
  }

  stopRun(_id: string, failure: Failure): Promise<boolean> {
    this.stopped.push(failure);
    return Promise.resolve(this.canStop);
  }

  record(event: NewBatchEvent): Promise<boolean> {
    this.events.push(event);
    return Promise.resolve(true);
  }
}

function runWith(
  failureThreshold: FailureThreshold | undefined,
  state: BatchRun['state'] = 'running',
): BatchRun {
  return { id: 'run', state, itemsTotal: 1_000, settings: { failureThreshold } } as unknown as BatchRun;
}

function limitsOver(stores: Stores): FailureLimits {
  return new FailureLimits(stores as unknown as BatchStore, stores as unknown as BatchEventStore);
}

describe('FailureLimits', () => {
  it('asks nothing of a run without limits, and of one that is being stopped', async () => {
    const stores = new Stores();
    expect(await limitsOver(stores).reached(runWith(undefined), 1)).toBeUndefined();
    expect(await limitsOver(stores).reached(runWith({ items: 1 }, 'cancelling'), 1)).toBeUndefined();
    expect(stores.reads).toBe(0);
  });

  it('says which limit is reached', async () => {
    const stores = Object.assign(new Stores(), { itemsFailed: 10 });
    expect(await limitsOver(stores).reached(runWith({ items: 10 }), 1)).toBe(
      '10 items failed; the limit is 10',
    );
    expect(await limitsOver(stores).reached(runWith({ items: 11 }), 1)).toBeUndefined();
  });

  it('counts seldom while chunks are open, and always when none is: the run would end', async () => {
    const stores = new Stores();
    const limits = limitsOver(stores);
    for (let round = 0; round < 50; round += 1) await limits.reached(runWith({ items: 10 }), 1);
    expect(stores.reads).toBeLessThan(50);
    const before = stores.reads;
    stores.itemsFailed = 10;
    expect(await limits.reached(runWith({ items: 10 }), 0)).toBeDefined();
    expect(await limits.reached(runWith({ items: 10 }), 0)).toBeDefined();
    expect(stores.reads).toBe(before + 2);
  });

  it('warns once', async () => {
    const stores = Object.assign(new Stores(), { itemsFailed: 5 });
    const limits = limitsOver(stores);
    for (let round = 0; round < 3; round += 1) {
      expect(await limits.reached(runWith({ items: 10, warnItems: 5 }), 0)).toBeUndefined();
    }
    expect(stores.events).toEqual([
      {
        runId: 'run',
        kind: 'failuresWarning',
        details: { reached: '5 items failed; the limit is 5', itemsFailed: 5 },
      },
    ]);
  });

  it('stops a run with its reason, and puts on record that it did', async () => {
    const stores = new Stores();
    expect(await limitsOver(stores).stop(runWith({ items: 1 }), '1 items failed')).toBe(true);
    expect(stores.stopped).toEqual([
      {
        source: 'function',
        type: 'TooManyFailures',
        message: expect.stringMatching(/^The run was stopped: 1 items failed\./),
      },
    ]);
    expect(stores.events.map(({ kind }) => kind)).toEqual(['tooManyFailures']);
    stores.canStop = false;
    expect(await limitsOver(stores).stop(runWith({ items: 1 }), '1 items failed')).toBe(false);
    expect(stores.events).toHaveLength(1);
  });
});
