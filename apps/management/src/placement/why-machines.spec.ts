import { describe, expect, it } from '@jest/globals';
import type { Machine } from '#shared/domain/machine.js';
import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import { whyMachines, type MachineFacts } from './why-machines.js';

function one(state: Machine['state'], reason: CapacityReason | '' = '', fits = true, slotsBusy = 0) {
  const capacity = { state: 'owner/idle', reason } as const;
  return { fits, machine: { state, capacity, slots: 2, slotsBusy } as unknown as Machine };
}

const why = (facts: Partial<MachineFacts>) =>
  whyMachines({ pool: 'default', machines: [], placement: null, queue: { waiting: 7, active: 0 }, ...facts });

describe('whyMachines', () => {
  it('has nothing to say where a machine that fits has a free slot', () => {
    expect(why({ machines: [one('owner', 'USER_ACTIVE'), one('ready')] })).toEqual([]);
  });

  it('says that there is no machine, or no queue', () => {
    expect(why({})).toMatchObject([{ code: 'NO_MACHINES' }]);
    expect(why({ queue: null })).toMatchObject([{ code: 'QUEUE_AWAY' }]);
  });

  it('counts the reasons that machines have, the most frequent first', () => {
    const machines = [
      one('owner', 'BATTERIES'),
      ...Array.from({ length: 3 }, () => one('owner', 'USER_ACTIVE')),
      one('offline', 'USER_ACTIVE'),
      one('unhealthy'),
    ];
    expect(why({ machines })).toEqual([
      {
        code: 'NO_MACHINE_READY',
        message:
          'No machine of the pool "default" that may run it takes work now: 3 USER_ACTIVE, 1 BATTERIES, 1 offline, 1 unhealthy.',
      },
    ]);
  });

  it('says what requirements say, and leaves out machines that do not meet them', () => {
    const placement = { code: 'NO_MATCHING_MACHINE', message: 'None has a GPU.' };
    expect(why({ machines: [one('ready', '', false)], placement })).toEqual([placement]);
    const away = { code: 'MATCHING_MACHINES_AWAY', message: 'Only big is.' };
    const machines = [one('ready', '', false), one('owner', 'BATTERIES')];
    expect(why({ machines, placement: away }).map(({ code }) => code)).toEqual([
      away.code,
      'NO_MACHINE_READY',
    ]);
  });

  it('says that all slots are taken', () => {
    expect(why({ machines: [one('ready', '', true, 2)] })).toMatchObject([
      { code: 'MACHINES_BUSY', message: expect.stringContaining('All 2 slots of the 1 machines') },
    ]);
  });
});
