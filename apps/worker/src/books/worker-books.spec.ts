import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MachineReport } from '#shared/domain/machine.js';
import { newMachine } from '../../../../test/contract/store/samples.js';
import { WorkerBooks } from './worker-books.js';
import { emptyWeek, summaryOf, type Week } from './week.js';
import type { MeteredWork } from './work-meter.js';

const NOON = new Date(2026, 10, 20, 12);
const WORK: MeteredWork = {
  hour: NOON,
  appId: 'app',
  appName: 'shop',
  functionName: 'order',
  runId: '',
  reason: '',
  usedMs: 10,
  badputMs: 0,
  evictions: 0,
  calls: 1,
};
const OFFERED = newMachine({ cores: 8, busyCores: 2, capacity: { state: 'claimed/busy', reason: '' } });
const OWNERS = newMachine({
  cores: 8,
  busyCores: 0,
  capacity: { state: 'owner/idle', reason: 'USER_ACTIVE' },
});

describe('WorkerBooks', () => {
  let metered: MeteredWork[];
  let sent: MachineReport[];
  let written: Week[];
  let atMs: number;
  let isAway: boolean;
  let isDiskFull: boolean;
  let troubles: number;
  let books: WorkerBooks;

  const sender = {
    heartbeat: async (report: MachineReport) => {
      sent.push(report);
      if (isAway) throw new Error('away');
    },
  };
  const beat = async (report: MachineReport, seconds = 0): Promise<void> => {
    atMs += seconds * 1000;
    await books.sendingWith(sender).heartbeat(report);
  };
  const pages = () => sent.map(({ page }) => page?.work.map(({ usedMs }) => usedMs));

  beforeEach(async () => {
    [metered, sent, written, atMs, isAway, isDiskFull, troubles] = [[], [], [], 0, false, false, 0];
    const shelf = {
      open: () => Promise.resolve(emptyWeek()),
      write: async (week: Week) => {
        if (isDiskFull) throw new Error('full');
        written.push(structuredClone(week));
      },
    };
    const meter = { take: () => metered.splice(0) };
    const clocks = { monotonicMs: () => atMs, now: () => NOON, here: () => NOON };
    books = new WorkerBooks(meter, shelf, { onNotWritten: () => (troubles += 1) }, clocks);
    await books.open();
  });

  it('sends what was counted with the next heartbeat, once', async () => {
    metered.push(WORK);
    await beat(OFFERED);
    await beat(OFFERED);
    expect(pages()).toEqual([[10], undefined]);
  });

  it('sends the same page until it is booked, then what came meanwhile', async () => {
    isAway = true;
    metered.push(WORK);
    await expect(beat(OFFERED)).rejects.toThrow('away');
    metered.push(WORK, WORK);
    await expect(beat(OFFERED)).rejects.toThrow('away');
    isAway = false;
    await beat(OFFERED);
    await beat(OFFERED);
    expect(pages()).toEqual([[10], [10], [10], [20]]);
    expect(new Set(sent.slice(0, 3).map(({ page }) => page?.id)).size).toBe(1);
  });

  it('keeps the owner’s week, with management away too', async () => {
    isAway = true;
    metered.push(WORK);
    await beat(OFFERED).catch(() => undefined);
    await beat(OFFERED, 60).catch(() => undefined);
    await beat(OWNERS, 60).catch(() => undefined);
    await beat(OFFERED, 60).catch(() => undefined);
    books.noteRelease({ by: 'suspend', reason: 'USER_ACTIVE', seconds: 0.4 });
    await books.close(sender);
    expect(summaryOf(written.at(-1) ?? emptyWeek(), NOON)).toMatchObject({
      offeredHours: 120 / 3600,
      offeredCoreHours: (120 * 8) / 3600,
      usedCoreHours: (60 * 2 + 60 * 0 + 60 * 2) / 3600,
      work: [{ name: 'shop/order', usedMs: 10, calls: 1 }],
      waits: { count: 1, maxMs: 400 },
    });
  });

  it('counts no more than ten minutes for a machine that slept', async () => {
    await beat(OFFERED);
    await beat(OFFERED, 8 * 3600);
    await books.close(sender);
    expect(summaryOf(written.at(-1) ?? emptyWeek(), NOON)?.offeredHours).toBeCloseTo(1 / 6, 9);
  });

  it('tells owners’ waits, and not what the operators or the machine brought about', async () => {
    for (const reason of [
      'USER_ACTIVE',
      'DRAINING',
      'CONTACT_LOST',
      'ENGINE_DOWN',
      'QUARANTINED',
      null,
    ] as const)
      books.noteRelease({ by: 'vacate', reason, seconds: 1.5 });
    await beat(OFFERED);
    expect(sent[0]?.page?.waits.map(({ reason, milliseconds }) => [reason, milliseconds])).toEqual([
      ['USER_ACTIVE', 1500],
      ['', 1500],
    ]);
  });

  it('writes to the disk now and then, and says when it can’t', async () => {
    for (let time = 0; time < 30; time++) await beat(OFFERED, 10);
    expect(written.length).toBeGreaterThanOrEqual(4);
    expect(written.length).toBeLessThanOrEqual(6);
    isDiskFull = true;
    await books.close(sender);
    expect(troubles).toBe(1);
  });

  it('says at the end what is left, and that nothing runs', async () => {
    await beat({ ...OFFERED, slotsBusy: 4, busySeconds: 90 });
    metered.push({ ...WORK, reason: 'WORKER_STOPPED' });
    await books.close(sender);
    expect(pages()).toEqual([undefined, [10], undefined]);
    expect(sent.at(-1)).toMatchObject({ slotsBusy: 0, busySeconds: 0, busyCores: null });
  });

  it('does not wait at its end for a database that hangs', async () => {
    await beat(OFFERED);
    await books.close({ heartbeat: () => new Promise(() => undefined) });
    expect(written.length).toBeGreaterThan(0);
  });

  it('sends nothing at the end of a worker that never began', async () => {
    await books.close(sender);
    expect(sent).toEqual([]);
  });
});
