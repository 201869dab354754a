import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { startManagementInProcess } from '../../../../test/support/management-in-process.js';
import type { ManagementInProcess } from '../../../../test/support/management-in-process.js';

describe('the API of machines', () => {
  let management: ManagementInProcess;

  beforeAll(async () => {
    management = await startManagementInProcess({ index: () => null, run: () => null });
  });

  afterAll(() => management.stop());

  it('shows the machines by name, with their states', async () => {
    const machine = {
      os: 'linux',
      pool: 'default',
      runtime: 'docker',
      cores: 8,
      memoryBytes: 2 ** 34,
      slots: 16,
      slotsBusy: 3,
    } as const;
    await management.stores.machines.heartbeat({
      ...machine,
      id: newId(),
      name: 'b',
      state: 'ready',
      reason: '',
    });
    const reason = 'The engine does not answer.';
    await management.stores.machines.heartbeat({
      ...machine,
      id: newId(),
      name: 'a',
      state: 'unhealthy',
      reason,
    });

    const answer = await fetch(`${management.url}/api/v1/machines`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      machines: [
        { name: 'a', state: 'unhealthy', reason },
        { name: 'b', state: 'ready', slots: 16, slotsBusy: 3, lastSeenAt: expect.any(String) },
      ],
    });
  });
});
