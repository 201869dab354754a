import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { MachineTimeStore } from '#shared/store/machine-time-store.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { MachineTimeKeeper } from './machine-time-keeper.js';

describe('MachineTimeKeeper', () => {
  let keeper: MachineTimeKeeper | undefined;
  let done: string[] = [];

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterEach(async () => {
    await keeper?.beforeApplicationShutdown();
    done = [];
  });

  const keeping = (bookSilence: () => Promise<number>): void => {
    const store = {
      bookSilence: (seconds: number) => {
        done.push(`book ${seconds}`);
        return bookSilence();
      },
      removeOlder: (days: number) => {
        done.push(`remove ${days}`);
        return Promise.resolve();
      },
      sumUp: () => {
        done.push('sum up');
        return Promise.resolve(0);
      },
    };
    keeper = new MachineTimeKeeper(store as unknown as MachineTimeStore, { machineTimeDays: 7 });
    keeper.onApplicationBootstrap();
  };

  it('books silence, removes what is older than the setting says, and adds up', async () => {
    keeping(() => Promise.resolve(1));
    await waitFor(() => done.length === 3, { timeoutMs: 60_000 });
    expect(done).toEqual(['book 600', 'remove 7', 'sum up']);
  });

  it('removes nothing while the database is away, and stops all the same', async () => {
    keeping(() => Promise.reject(new Error('away')));
    await waitFor(() => done.length === 1, { timeoutMs: 60_000 });
    await keeper?.beforeApplicationShutdown();
    expect(done).toEqual(['book 600']);
  });
});
