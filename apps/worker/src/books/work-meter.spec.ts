import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BadputReason } from '#shared/domain/function-time.js';
import { WorkMeter } from './work-meter.js';

const HOUR_MS = 3_600_000;
const at = (time: string): number => Date.parse(`2026-11-29T${time}Z`);
const CALL = { appId: 'app', appName: 'shop', functionName: 'order', runId: '' };

describe('WorkMeter', () => {
  let workMs: number;
  let nowMs: number;
  let reason: BadputReason;
  let meter: WorkMeter;

  beforeEach(() => {
    workMs = 5_000;
    nowMs = at('12:30:00');
    reason = 'USER_ACTIVE';
    meter = new WorkMeter({ workMs: () => workMs, nowMs: () => nowMs, whyLost: () => reason });
  });
  const later = (milliseconds: number): void => {
    workMs += milliseconds;
    nowMs += milliseconds;
  };

  it('counts calls and what they took, each function for itself', () => {
    const calls = meter.of(CALL);
    const batch = meter.of({ ...CALL, runId: 'run' });
    for (let call = 0; call < 3; call++) {
      const begun = calls.begin();
      later(100);
      calls.ended(begun);
    }
    batch.ended(batch.begin() - 40);
    expect(meter.take()).toEqual([
      {
        ...CALL,
        hour: new Date(at('12:00:00')),
        reason: '',
        usedMs: 300,
        badputMs: 0,
        evictions: 0,
        calls: 3,
      },
      expect.objectContaining({ runId: 'run', usedMs: 40, calls: 1 }),
    ]);
  });

  it('gives each count once, and counts on', () => {
    const calls = meter.of(CALL);
    calls.ended(calls.begin() - 7);
    expect(meter.take()).toHaveLength(1);
    expect(meter.take()).toEqual([]);
    calls.ended(calls.begin() - 8);
    expect(meter.take()).toEqual([expect.objectContaining({ usedMs: 8, calls: 1 })]);
  });

  it('counts what was lost by its reason: the one given, or what keeps the machine from working', () => {
    const calls = meter.of(CALL);
    calls.lost(calls.begin() - 10);
    reason = 'BATTERIES';
    calls.lost(calls.begin() - 20);
    calls.lost(calls.begin() - 30, 'CONTAINER_LOST');
    const lost = meter.take().map((one) => [one.reason, one.badputMs, one.evictions, one.usedMs, one.calls]);
    expect(lost).toEqual([
      ['USER_ACTIVE', 10, 1, 0, 0],
      ['BATTERIES', 20, 1, 0, 0],
      ['CONTAINER_LOST', 30, 1, 0, 0],
    ]);
  });

  it('leaves to management what a batch lost with the contact, and counts it for calls', () => {
    reason = 'CONTACT_LOST';
    const batch = meter.of({ ...CALL, runId: 'run' });
    batch.lost(batch.begin() - 10);
    expect(meter.take()).toEqual([]);
    const calls = meter.of(CALL);
    calls.lost(calls.begin() - 10);
    expect(meter.take()).toHaveLength(1);
  });

  it('lays a long call into the hours in which it ran', () => {
    const calls = meter.of(CALL);
    const begun = calls.begin();
    later(2 * HOUR_MS);
    calls.ended(begun);
    expect(meter.take().map(({ hour, usedMs, calls: count }) => [hour.getTime(), usedMs, count])).toEqual([
      [at('14:00:00'), HOUR_MS / 2, 1],
      [at('13:00:00'), HOUR_MS, 0],
      [at('12:00:00'), HOUR_MS / 2, 0],
    ]);
  });

  it('does not count what a call was paused', () => {
    const calls = meter.of(CALL);
    const begun = calls.begin();
    later(1000);
    nowMs += 9 * HOUR_MS;
    calls.ended(begun);
    expect(meter.take()).toEqual([expect.objectContaining({ usedMs: 1000, hour: new Date(at('21:00:00')) })]);
  });

  it('counts no negative time', () => {
    const calls = meter.of(CALL);
    calls.ended(calls.begin() + 50);
    expect(meter.take()).toEqual([expect.objectContaining({ usedMs: 0, calls: 1 })]);
  });
});
