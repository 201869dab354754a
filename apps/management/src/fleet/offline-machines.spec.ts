import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { MachineStore } from '#shared/store/machine-store.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import { OfflineMachines } from './offline-machines.js';

type Marked = Awaited<ReturnType<MachineStore['markOffline']>>;

describe('OfflineMachines', () => {
  let watch: OfflineMachines | undefined;
  let looks = 0;
  let searches = 0;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterEach(async () => {
    await watch?.beforeApplicationShutdown();
    looks = searches = 0;
  });

  const watching = (markOffline: () => Promise<Marked>): void => {
    const machines = { markOffline: () => markOffline().finally(() => (looks += 1)) } as MachineStore;
    const dispatcher = { lookForLostWork: () => (searches += 1) } as unknown as Dispatcher;
    watch = new OfflineMachines(machines, dispatcher);
    watch.onApplicationBootstrap();
  };

  it('has lost work looked for when a machine has gone', async () => {
    watching(() => Promise.resolve([{ id: 'a', name: 'desk' }]));
    await waitFor(() => searches === 1, { timeoutMs: 60_000 });
  });

  it('leaves the queue alone while all are there', async () => {
    watching(() => Promise.resolve([]));
    await waitFor(() => looks > 0, { timeoutMs: 60_000 });
    await watch?.beforeApplicationShutdown();
    expect(searches).toBe(0);
  });

  it('looks again after the database was away', async () => {
    watching(() =>
      looks === 0 ? Promise.reject(new Error('away')) : Promise.resolve([{ id: 'a', name: 'desk' }]),
    );
    await waitFor(() => searches === 1, { timeoutMs: 60_000 });
    expect(looks).toBe(2);
  });
});
