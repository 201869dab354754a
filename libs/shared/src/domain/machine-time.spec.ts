import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MachineReport } from './machine.js';
import { LONGEST_SPAN_SECONDS, spendingOf, spentTimes, type SpentSpan } from './machine-time.js';

const at = (time: string): Date => new Date(`2026-11-29T${time}Z`);
const span = (more: Partial<SpentSpan>): SpentSpan => ({
  from: at('12:00:00'),
  until: at('12:00:10'),
  leaseUntil: at('12:00:30'),
  spending: { state: 'claimed/busy', reason: '', cores: 8 },
  busyCores: 3,
  ...more,
});

describe('spentTimes', () => {
  it('books a span on what the machine did in it', () => {
    expect(spentTimes(span({}))).toEqual([
      {
        hour: at('12:00:00'),
        state: 'claimed/busy',
        reason: '',
        seconds: 10,
        coreSeconds: 80,
        offeredCoreSeconds: 80,
        usedCoreSeconds: 30,
      },
    ]);
  });

  it('offers what its policy lets work have', () => {
    const spending = { state: 'unclaimed/idle', reason: '', cores: 8, offeredCores: 4 } as const;
    const offered = (more: object): number | undefined =>
      spentTimes(span({ spending: { ...spending, ...more } }))[0]?.offeredCoreSeconds;
    expect(offered({})).toBe(40);
    expect(offered({ offeredCores: 9 })).toBe(80);
    expect(offered({ state: 'owner/idle' })).toBe(0);
  });

  it('offers nothing while the machine belongs to its owner', () => {
    const spending = { state: 'owner/idle', reason: 'USER_ACTIVE', cores: 8 } as const;
    expect(spentTimes(span({ spending, busyCores: null }))).toEqual([
      expect.objectContaining({ coreSeconds: 80, offeredCoreSeconds: 0, usedCoreSeconds: 0 }),
    ]);
  });

  it('splits a span at the hour', () => {
    const times = spentTimes(span({ from: at('11:59:56'), until: at('12:00:04') }));
    expect(times.map(({ hour, seconds, usedCoreSeconds }) => [hour, seconds, usedCoreSeconds])).toEqual([
      [at('11:00:00'), 4, 12],
      [at('12:00:00'), 4, 12],
    ]);
  });

  it.each([
    ['from the lease’s end on', at('12:00:30'), 30],
    ['30 s after the last heartbeat of a worker without a lease', null, 30],
    ['at once where the lease had ended already', at('11:00:00'), 0],
  ])('is away %s', (_what, leaseUntil, seconds) => {
    const times = spentTimes(span({ until: at('12:01:00'), leaseUntil }));
    const expected = [
      ['claimed/busy', seconds, seconds * 3],
      ['offline', 60 - seconds, 0],
    ].filter(([, length]) => length !== 0);
    expect(times.map((one) => [one.state, one.seconds, one.usedCoreSeconds])).toEqual(expected);
  });

  it.each([
    ['ended as it began', at('12:00:00')],
    ['ends before it begins', at('11:00:00')],
  ])('books nothing of a span that %s', (_what, until) => {
    expect(spentTimes(span({ until }))).toEqual([]);
  });

  it('uses no more cores than there are, and no fewer than none', () => {
    const used = (busyCores: number): number | undefined =>
      spentTimes(span({ busyCores }))[0]?.usedCoreSeconds;
    expect([used(99), used(-1)]).toEqual([80, 0]);
  });

  it('books every second once, at most 31 days', () => {
    const start = at('00:00:00').getTime();
    const seconds = fc.integer({ min: 0, max: 2 * LONGEST_SPAN_SECONDS });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7200 }), seconds, seconds, (offset, length, lease) => {
        const from = new Date(start + offset * 1000);
        const later = (more: number): Date => new Date(from.getTime() + more * 1000);
        const times = spentTimes(span({ from, until: later(length), leaseUntil: later(lease) }));
        const sum = times.reduce((total, one) => total + one.seconds, 0);
        expect(sum).toBeCloseTo(Math.min(length, LONGEST_SPAN_SECONDS), 3);
        expect(times.every((one) => one.seconds > 0 && one.seconds <= 3600)).toBe(true);
        expect(new Set(times.map((one) => `${one.hour.getTime()} ${one.state}`)).size).toBe(times.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('spendingOf', () => {
  const report = (more: Partial<MachineReport>): MachineReport => ({
    id: 'id',
    name: 'desk',
    os: 'linux',
    pool: 'default',
    runtime: 'docker',
    state: 'ready',
    reason: '',
    cores: 8,
    memoryBytes: 1,
    slots: 8,
    slotsBusy: 0,
    ...more,
  });

  it.each([
    [{}, 'unclaimed/idle', ''],
    [{ slotsBusy: 1 }, 'claimed/busy', ''],
    [{ state: 'unhealthy', reason: 'ENGINE_DOWN: it does not answer.' }, 'unhealthy', 'ENGINE_DOWN'],
    [{ state: 'unhealthy', reason: 'It does not answer.' }, 'unhealthy', ''],
    [{ state: 'draining', slotsBusy: 1 }, 'drained/retiring', ''],
    [{ state: 'drained', reason: 'DRAINING: ordered by ada.' }, 'drained/idle', 'DRAINING'],
    [{ state: 'owner' }, 'owner/idle', ''],
    [{ state: 'revoked' }, 'drained/idle', ''],
    [{ capacity: { state: 'claimed/suspended', reason: 'USER_ACTIVE' } }, 'claimed/suspended', 'USER_ACTIVE'],
  ] as const)('%j is %s for the reason "%s"', (more, state, reason) => {
    expect(spendingOf(report(more))).toEqual({ state, reason, cores: 8, pool: 'default' });
  });

  it('keeps how many cores are offered', () => {
    expect(spendingOf(report({ offeredCores: 2.5 }))).toMatchObject({ cores: 8, offeredCores: 2.5 });
    expect(spendingOf(report({ offeredCores: null })).offeredCores).toBeUndefined();
  });
});
