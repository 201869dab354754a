import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MachineOrders } from '#shared/domain/fleet.js';
import type { MachineReport } from '#shared/domain/machine.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { Lease } from './lease/lease.js';
import { StandingKeeper } from './standing-keeper.js';
import { TrustedClock } from './trusted-clock.js';

const LONG = 3_600;
const now = new Date('2026-11-29T12:00:00Z');
const free: MachineOrders = { now, revoked: false, drain: null };
const report = {} as MachineReport;

function drained(deadlineInMs: number | null): MachineOrders {
  const deadlineAt = deadlineInMs === null ? null : new Date(now.getTime() + deadlineInMs);
  return { ...free, drain: { requestedAt: now, deadlineAt, requestedBy: 'Ada' } };
}

describe('StandingKeeper', () => {
  let answer: () => Promise<MachineOrders>;
  let leases: (number | undefined)[];
  let done: string[];
  let busy: number;
  let sleptMs: number;
  const clockMs = (): number => performance.now() + sleptMs;
  let keeper: StandingKeeper | undefined;

  beforeEach(() => {
    answer = () => Promise.resolve(free);
    leases = [];
    done = [];
    busy = 2;
    sleptMs = 0;
  });
  afterEach(() => keeper?.close());

  const keeperWith = (leaseSeconds: number): StandingKeeper => {
    const machines = {
      heartbeat: (_report: MachineReport, seconds?: number) => {
        leases.push(seconds);
        return answer();
      },
    };
    const note = (what: string) => () => {
      done.push(what);
      return Promise.resolve();
    };
    const actions = {
      pauseIntake: note('pause'),
      giveBack: note('giveBack'),
      slotsBusy: () => busy,
      onGivingBack: note('said'),
      onOrders: () => undefined,
    };
    keeper = new StandingKeeper(
      machines,
      actions,
      new TrustedClock(),
      { leaseSeconds },
      new Lease(clockMs),
      clockMs,
    );
    return keeper;
  };

  it('is uncertain before the first answer, and free after it', async () => {
    const one = keeperWith(LONG);
    expect(one.standing.state).toBe('uncertain');
    await one.heartbeat(report);
    expect(one.standing.state).toBe('free');
    expect(leases).toEqual([LONG]);
    expect(done).toEqual([]);
  });

  it('pauses at once when it hears of a drain, and lets what runs go on', async () => {
    const one = keeperWith(LONG);
    answer = () => Promise.resolve(drained(null));
    await one.heartbeat(report);
    expect(one.standing.state).toBe('draining');
    expect(done).toEqual(['pause']);
    busy = 0;
    expect(one.standing.state).toBe('drained');
  });

  it("gives back at a drain's deadline by itself, once", async () => {
    const one = keeperWith(LONG);
    answer = () => Promise.resolve(drained(30));
    await one.heartbeat(report);
    await waitFor(() => done.includes('giveBack'), { timeoutMs: 60_000 });
    busy = 0;
    answer = () => Promise.resolve(drained(-1));
    await one.heartbeat(report);
    expect(done.filter((what) => what === 'giveBack')).toHaveLength(1);
    expect(done.filter((what) => what === 'said')).toHaveLength(1);
    expect(one.standing.state).toBe('drained');
  });

  it('gives back when its lease ends, and is free again only once that has ended here', async () => {
    const one = keeperWith(0.05);
    await one.heartbeat(report);
    await waitFor(() => done.includes('giveBack'), { timeoutMs: 60_000 });
    expect(one.standing.state).toBe('uncertain');
    one.close();
    const renewed = keeperWith(LONG);
    answer = () => Promise.resolve({ ...free, revoked: true });
    await renewed.heartbeat(report);
    answer = () => Promise.resolve(free);
    await renewed.heartbeat(report);
    expect(renewed.standing).toMatchObject({ state: 'uncertain', mustGiveBack: false });
    busy = 0;
    expect(renewed.standing.state).toBe('free');
    busy = 1;
    expect(renewed.standing.state).toBe('free');
  });

  it('gives back at once when its key was revoked', async () => {
    const one = keeperWith(LONG);
    answer = () => Promise.resolve({ ...free, revoked: true });
    await one.heartbeat(report);
    expect(done).toEqual(['pause', 'said', 'giveBack']);
    expect(one.standing.state).toBe('revoked');
  });

  it('lets its lease run out while heartbeats fail, and says that they do', async () => {
    const one = keeperWith(0.05);
    await one.heartbeat(report);
    answer = () => Promise.reject(new Error('away'));
    await expect(one.heartbeat(report)).rejects.toThrow('away');
    await waitFor(() => one.standing.mustGiveBack, { timeoutMs: 60_000 });
  });

  it('gives back, before a new lease begins, what it ran when it fell asleep', async () => {
    const one = keeperWith(LONG);
    await one.heartbeat(report);
    sleptMs = 2 * LONG * 1000;
    expect(one.standing.state).toBe('uncertain');
    await one.heartbeat(report);
    expect(done).toEqual(['pause', 'said', 'giveBack', 'pause']);
    expect(one.standing.state).toBe('uncertain');
    busy = 0;
    expect(one.standing.state).toBe('free');
  });

  it('gives back as soon as somebody says that it was asleep', async () => {
    const one = keeperWith(LONG);
    await one.heartbeat(report);
    await one.look();
    expect(done).toEqual([]);
    sleptMs = LONG * 1000;
    await one.look();
    expect(done).toEqual(['pause', 'said', 'giveBack']);
  });

  it("believes the database's clock where its own stood still too", async () => {
    const one = keeperWith(LONG);
    await one.heartbeat(report);
    answer = () => Promise.resolve({ ...free, now: new Date(now.getTime() + (LONG - 1) * 1000) });
    await one.heartbeat(report);
    expect(done).toEqual([]);
    answer = () => Promise.resolve({ ...free, now: new Date(now.getTime() + (2 * LONG - 1) * 1000) });
    await one.heartbeat(report);
    expect(done).toContain('giveBack');
    expect(one.standing.state).toBe('uncertain');
    busy = 0;
    expect(one.standing.state).toBe('free');
  });

  it('has no lease left of an answer that came after a sleep', async () => {
    const one = keeperWith(LONG);
    answer = () => {
      sleptMs += LONG * 1000;
      return Promise.resolve(free);
    };
    await one.heartbeat(report);
    expect(one.standing.state).toBe('uncertain');
  });

  it('does nothing more once it is closed', async () => {
    const one = keeperWith(LONG);
    one.close();
    answer = () => Promise.resolve({ ...free, revoked: true });
    await one.heartbeat(report);
    expect(done).toEqual([]);
  });
});
