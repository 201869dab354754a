import { describe, expect, it } from '@jest/globals';
import type { Readings } from '#shared/domain/capacity/readings.js';
import {
  BUSY_WORK,
  IDLE_READINGS,
  lookFrom,
  monotonicIn,
  PAUSED_WORK,
  policyOf,
  type Look,
} from '../../../../../test/support/capacity.js';
import { memoryAllowanceBytes } from './view.js';
import { situationOf } from './decide.js';
import { initialStatus } from './status.js';

const GB = 1_000_000_000;
const GIB = 2 ** 30;

/** What a machine that is its owner's does. */
const start = (look: Look): string => lookFrom('owner/idle', look).status.state;
/** What a machine does that runs work. */
const run = (look: Look): string => {
  const readings = { work: BUSY_WORK, ...look.readings };
  return lookFrom('claimed/busy', { ...look, readings }).status.state;
};
/** What a machine does that has paused work. */
const resume = (look: Look): string => {
  const readings = { work: PAUSED_WORK, ...look.readings };
  return lookFrom('claimed/suspended', { secondsInState: 400, ...look, readings }).status.state;
};
const age = (inputAgeSeconds: number): { readings: Partial<Readings> } => ({ readings: { inputAgeSeconds } });
const cpu = (foreignCpuPercent: number, rest: Look = {}): Look => ({
  ...rest,
  readings: { foreignCpuPercent },
});
const disk = (freeBytes: number, totalBytes: number): Look => ({
  readings: { disk: { freeBytes, totalBytes } },
});
const memory = (inputAgeSeconds: number, foreignBytes: number, ownBytes = 0): Partial<Readings> => ({
  inputAgeSeconds,
  memory: { totalBytes: 10 * GIB, foreignBytes, ownBytes },
});
const vacate = policyOf({ profile: 'desktop-vacate' });
const hours = policyOf({ profile: 'desktop-hours' });
/** Before 7:00 in Berlin, in winter. */
const beforeEnd = (seconds: number): Look => ({
  policy: hours,
  utcMs: Date.parse('2026-11-18T06:00:00Z') - seconds * 1000,
});

/** Every knob by name: what a machine does just before the knob's bound, and at it. */
describe('the knob', () => {
  it.each([
    ['startIdleSeconds', start(age(899)), 'owner/idle', start(age(900)), 'unclaimed/idle'],
    ['continueIdleSeconds', resume(age(299)), 'claimed/suspended', resume(age(300)), 'claimed/busy'],
    ['keyboardBusySeconds', run(age(60)), 'claimed/retiring', run(age(59)), 'claimed/suspended'],
    [
      'letSleepAfterSeconds',
      run({ policy: policyOf({ letSleepAfterSeconds: 7200 }), ...age(7199) }),
      'claimed/busy',
      run({ policy: policyOf({ letSleepAfterSeconds: 7200 }), ...age(7200) }),
      'preempting/vacating',
    ],
    ['foreignCpuBusyPercent', run(cpu(50)), 'claimed/busy', run(cpu(51)), 'claimed/retiring'],
    [
      'foreignCpuIdlePercent',
      start(cpu(30, { loadBusySeconds: 1 })),
      'owner/idle',
      start(cpu(29, { loadBusySeconds: 1 })),
      'unclaimed/idle',
    ],
    [
      'foreignCpuIdlePercent of suspended work',
      resume(cpu(30, { loadBusySeconds: 1 })),
      'claimed/suspended',
      resume(cpu(29, { loadBusySeconds: 1 })),
      'claimed/busy',
    ],
    [
      'cpuBusySeconds',
      run(cpu(90, { loadBusySeconds: 119 })),
      'claimed/retiring',
      run(cpu(90, { loadBusySeconds: 120 })),
      'claimed/suspended',
    ],
    [
      'hysteresisSeconds',
      start({ secondsInState: 10 }),
      'owner/idle',
      start({ secondsInState: 10.001 }),
      'unclaimed/idle',
    ],
    [
      'hysteresisSeconds of suspended work',
      resume({ secondsInState: 10 }),
      'claimed/suspended',
      resume({ secondsInState: 10.001 }),
      'claimed/busy',
    ],
    [
      'maxSuspendSeconds',
      resume({ ...age(0), secondsInState: 599 }),
      'claimed/suspended',
      resume({ ...age(0), secondsInState: 600 }),
      'preempting/vacating',
    ],
    [
      'maxVacateSeconds of a desktop',
      lookFrom('preempting/vacating', { secondsInState: 44, readings: { work: BUSY_WORK } }).status.state,
      'preempting/vacating',
      lookFrom('preempting/vacating', { secondsInState: 45, readings: { work: BUSY_WORK } }).status.state,
      'preempting/killing',
    ],
    [
      'maxVacateSeconds of a server',
      lookFrom('preempting/vacating', {
        policy: policyOf({ profile: 'dedicated' }),
        secondsInState: 599,
        readings: { work: BUSY_WORK },
      }).status.state,
      'preempting/vacating',
      lookFrom('preempting/vacating', {
        policy: policyOf({ profile: 'dedicated' }),
        secondsInState: 600,
        readings: { work: BUSY_WORK },
      }).status.state,
      'preempting/killing',
    ],
    [
      'maxVacateSeconds of 0',
      run({ ...age(0), policy: policyOf({ profile: 'desktop-vacate', maxVacateSeconds: 1 }) }),
      'preempting/vacating',
      run({ ...age(0), policy: policyOf({ profile: 'desktop-vacate', maxVacateSeconds: 0 }) }),
      'preempting/killing',
    ],
    [
      'maxKillSeconds',
      lookFrom('preempting/killing', { secondsInState: 29, readings: { work: BUSY_WORK } }).status.state,
      'preempting/killing',
      lookFrom('preempting/killing', { secondsInState: 30, readings: { work: BUSY_WORK } }).status.state,
      'unhealthy',
    ],
    [
      'runOnBattery',
      run({ policy: policyOf({ runOnBattery: true }), readings: { power: 'battery' } }),
      'claimed/busy',
      run({ readings: { power: 'battery' } }),
      'claimed/suspended',
    ],
    [
      'exclusiveApps',
      run({ readings: { exclusiveApp: 'game' } }),
      'claimed/busy',
      run({ policy: policyOf({ exclusiveApps: ['game'] }), readings: { exclusiveApp: 'game' } }),
      'claimed/suspended',
    ],
    [
      'diskKeepFreeBytes',
      start(disk(10 * GB, 50 * GB)),
      'unclaimed/idle',
      start(disk(10 * GB - 1, 50 * GB)),
      'owner/idle',
    ],
    [
      'diskKeepFreePercent',
      start(disk(100 * GB, 1000 * GB)),
      'unclaimed/idle',
      start(disk(100 * GB - 1, 1000 * GB)),
      'owner/idle',
    ],
    [
      'hours',
      start({ policy: hours, utcMs: Date.parse('2026-11-17T17:59:59Z') }),
      'owner/idle',
      start({ policy: hours, utcMs: Date.parse('2026-11-17T18:00:00Z') }),
      'unclaimed/idle',
    ],
    [
      'stopStartingBeforeEndSeconds',
      run(beforeEnd(1801)),
      'claimed/busy',
      run(beforeEnd(1800)),
      'claimed/retiring',
    ],
    [
      'stopStartingBeforeEndSeconds of new work',
      start(beforeEnd(1801)),
      'unclaimed/idle',
      start(beforeEnd(1800)),
      'owner/idle',
    ],
    [
      'evictBeforeEndSeconds',
      run(beforeEnd(601)),
      'claimed/retiring',
      run(beforeEnd(600)),
      'preempting/vacating',
    ],
    [
      'timeZone',
      start({ ...beforeEnd(-60), policy: policyOf({ profile: 'desktop-hours', timeZone: 'Europe/Berlin' }) }),
      'owner/idle',
      start({
        ...beforeEnd(-60),
        policy: policyOf({ profile: 'desktop-hours', timeZone: 'Europe/London' }),
      }),
      'unclaimed/idle',
    ],
    [
      'heartbeatSeconds and offlineAfterMissedHeartbeats',
      run({ readings: { contactLostSeconds: 19 } }),
      'claimed/busy',
      run({ readings: { contactLostSeconds: 20 } }),
      'preempting/killing',
    ],
    [
      'initialDelaySeconds',
      start({ upSeconds: 59 }),
      'owner/idle',
      start({ upSeconds: 60 }),
      'unclaimed/idle',
    ],
    [
      'whenOwnerActive',
      run({ ...age(0), policy: policyOf({ profile: 'dedicated' }) }),
      'claimed/busy',
      run({ ...age(0), policy: vacate }),
      'preempting/vacating',
    ],
    [
      'memoryOwnerActivePercent',
      run({ policy: vacate, readings: { ...memory(70, 0, 5 * GIB + 1) } }),
      'claimed/retiring',
      run({ policy: policyOf({ profile: 'background' }), readings: { ...memory(0, 0, 5 * GIB + 1) } }),
      'preempting/vacating',
    ],
    [
      'memoryOwnerIdlePercent',
      run({ readings: memory(1000, GIB, 8 * GIB - 1) }),
      'claimed/busy',
      run({ readings: memory(1000, GIB, 8 * GIB + 1) }),
      'preempting/vacating',
    ],
  ])('%s bounds what it says', (_knob, before, stateBefore, at, stateAt) => {
    expect([before, at]).toEqual([stateBefore, stateAt]);
  });

  it.each([
    ['nobody is there', 60, 0, 9],
    ['somebody is there', 59, 0, 5],
    ['foreign programs leave less', 59, 6, 3],
    ['foreign programs leave nothing', 59, 9.5, 0],
  ])('memory leaves, of 10 GiB, what it says when %s', (_name, inputAgeSeconds, foreignGib, allowedGib) => {
    const now = { monotonicMs: 0, utcMs: 'unknown' as const };
    const readings = { ...IDLE_READINGS, ...memory(inputAgeSeconds, foreignGib * GIB) };
    const allowed = memoryAllowanceBytes(situationOf(initialStatus(now), readings, policyOf(), now));
    expect(allowed / GIB).toBeCloseTo(allowedGib);
  });

  it.each([
    ['fairSharePreemptAfterSeconds', { ranSeconds: 3600, runningUsage: 200 }, []],
    ['fairSharePreemptFactor', { ranSeconds: 3601, runningUsage: 120 }, []],
    [
      'fairSharePreemptAfterSeconds and fairSharePreemptFactor',
      { ranSeconds: 3601, runningUsage: 121 },
      [{ kind: 'evictWork', workId: 'chunk', reason: 'FAIR_SHARE' }],
    ],
  ])('%s decides who gives way', (_knob, contention, actions) => {
    const work = { ...BUSY_WORK, contention: { workId: 'chunk', waitingUsage: 100, ...contention } };
    const decision = lookFrom('claimed/busy', { readings: { work } });
    expect(decision.status.state).toBe('claimed/busy');
    expect(decision.actions).toEqual(actions);
  });

  it('that an owner turns with a snooze ends when it says', () => {
    const until = (untilMs: number): Look => ({ readings: { owner: { kind: 'snoozed', untilMs } } });
    expect([start(until(monotonicIn(1))), start(until(monotonicIn(0)))]).toEqual([
      'owner/idle',
      'unclaimed/idle',
    ]);
  });
});
