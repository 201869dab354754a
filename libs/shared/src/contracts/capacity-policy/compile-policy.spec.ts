import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../../domain/errors.js';
import { ALWAYS } from '../../domain/capacity/weekly-hours.js';
import {
  compileCapacityPolicy,
  explainCapacityPolicy,
  type PolicyLayers,
  type PolicyMachine,
} from './compile-policy.js';

const LINUX: PolicyMachine = { timeZone: 'Europe/Berlin', canPause: true };
const WINDOWS: PolicyMachine = { timeZone: 'Europe/Berlin', canPause: false };

const problemsOf = (layers: PolicyLayers, machine = LINUX): readonly string[] => {
  try {
    compileCapacityPolicy(layers, machine);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.details;
    throw error;
  }
  return [];
};

describe('defaults', () => {
  // Every row of the guide's table of knobs.
  it.each([
    ['startIdleSeconds', 900],
    ['continueIdleSeconds', 300],
    ['keyboardBusySeconds', 60],
    ['foreignCpuBusyPercent', 50],
    ['foreignCpuIdlePercent', 30],
    ['cpuBusySeconds', 120],
    ['hysteresisSeconds', 10],
    ['maxSuspendSeconds', 600],
    ['maxVacateSeconds', 45],
    ['maxKillSeconds', 30],
    ['memoryOwnerActivePercent', 50],
    ['memoryOwnerIdlePercent', 90],
    ['runOnBattery', false],
    ['exclusiveApps', []],
    ['exclusiveAppCheckSeconds', 10],
    ['diskKeepFreeBytes', 10_000_000_000],
    ['diskKeepFreePercent', 10],
    ['hours', ALWAYS],
    ['stopStartingBeforeEndSeconds', 1800],
    ['evictBeforeEndSeconds', 600],
    ['heartbeatSeconds', 10],
    ['offlineAfterMissedHeartbeats', 3],
    ['fairShareHalfLifeHours', 24],
    ['fairSharePreemptAfterSeconds', 3600],
    ['fairSharePreemptFactor', 1.2],
    ['initialDelaySeconds', 60],
    ['letSleepAfterSeconds', null],
    ['cpuPriority', 'normal'],
    ['cpuCapPercent', 100],
    ['timeZone', 'Europe/Berlin'],
  ] as const)('%s is %j on a desktop', (knob, value) => {
    expect(compileCapacityPolicy({}, LINUX)[knob]).toEqual(value);
  });

  it('is to suspend where the engine can pause, else to vacate', () => {
    const kinds = [LINUX, WINDOWS].map((machine) => compileCapacityPolicy({}, machine).whenOwnerActive);
    expect(kinds).toEqual(['suspend', 'vacate']);
  });

  it.each([
    ['dedicated', { whenOwnerActive: 'continue', maxVacateSeconds: 600, cpuPriority: 'normal' }],
    [
      'background',
      { whenOwnerActive: 'continue', maxVacateSeconds: 600, cpuPriority: 'low', cpuCapPercent: 50 },
    ],
    ['desktop-suspend', { whenOwnerActive: 'suspend', maxVacateSeconds: 45, hours: ALWAYS }],
    ['desktop-vacate', { whenOwnerActive: 'vacate', maxVacateSeconds: 45, hours: ALWAYS }],
  ])('of %s are its own', (profile, expected) => {
    expect(compileCapacityPolicy({ pool: { profile } }, LINUX)).toMatchObject(expected);
  });

  it.each([
    ['desktop-hours', 'suspend'],
    [['desktop-vacate', 'desktop-hours'], 'vacate'],
    [['desktop-hours', 'desktop-suspend'], 'suspend'],
  ])('of %j are nights and weekends, and what it is combined with', (profile, whenOwnerActive) => {
    const policy = compileCapacityPolicy({ pool: { profile } }, LINUX);
    const night = { startMinute: 19 * 60, minutes: 12 * 60 };
    expect(policy.whenOwnerActive).toBe(whenOwnerActive);
    expect(explainCapacityPolicy({ pool: { profile } }, LINUX).profile).toBe(`desktop-${whenOwnerActive}`);
    expect(policy.hours).toContainEqual(night);
    expect(policy.hours).toContainEqual({ startMinute: (4 * 24 + 19) * 60, minutes: (5 + 48 + 7) * 60 });
    expect(policy.hours).toHaveLength(5);
  });
});

describe('layers', () => {
  it('let the machine outrank its group, the group its pool, the pool the profile', () => {
    const policy = compileCapacityPolicy(
      {
        machine: { startIdleSeconds: 1000 },
        group: { startIdleSeconds: 1100, continueIdleSeconds: 310 },
        pool: {
          startIdleSeconds: 1200,
          continueIdleSeconds: 320,
          cpuBusySeconds: 60,
          profile: 'desktop-vacate',
        },
      },
      LINUX,
    );
    expect(policy).toMatchObject({
      startIdleSeconds: 1000,
      continueIdleSeconds: 310,
      cpuBusySeconds: 60,
      keyboardBusySeconds: 60,
      whenOwnerActive: 'vacate',
    });
  });

  it('take a profile whole: what a lower layer says of a knob still outranks it', () => {
    const layers = {
      machine: { profile: 'dedicated' },
      pool: { profile: 'desktop-hours', maxVacateSeconds: 30 },
    };
    expect(compileCapacityPolicy(layers, LINUX)).toMatchObject({
      whenOwnerActive: 'continue',
      maxVacateSeconds: 30,
      hours: ALWAYS,
    });
  });

  it('pass over what is undefined', () => {
    const layers = { machine: { startIdleSeconds: undefined }, pool: { startIdleSeconds: 1200 } };
    expect(compileCapacityPolicy(layers, LINUX).startIdleSeconds).toBe(1200);
  });

  it('give a policy that nobody can change', () => {
    const policy = compileCapacityPolicy({ pool: { exclusiveApps: ['Game.EXE'] } }, LINUX);
    expect([policy, policy.hours, policy.exclusiveApps].map(Object.isFrozen)).toEqual([true, true, true]);
    expect(policy.exclusiveApps).toEqual(['game']);
  });
});

describe('hours', () => {
  it.each([
    ['always', ALWAYS],
    ['never', []],
    [{ monday: '22:00-06:00' }, [{ startMinute: 22 * 60, minutes: 480 }]],
    [
      { sunday: ['00:00-02:00', '23:00-24:00'] },
      [
        { startMinute: 8640, minutes: 120 },
        { startMinute: 10020, minutes: 60 },
      ],
    ],
    [{ monday: '00:00-06:00', sunday: '22:00-24:00' }, [{ startMinute: 10_080 - 120, minutes: 480 }]],
  ])('%j are understood', (hours, expected) => {
    expect(compileCapacityPolicy({ machine: { hours } }, LINUX).hours).toEqual(expected);
  });
});

describe('refusals', () => {
  it.each([
    [
      { startIdleSeconds: -5 },
      'machine.startIdleSeconds: must be a number from 0 to 86400 (seconds), and is -5.',
    ],
    [
      { foreignCpuBusyPercent: 101 },
      'machine.foreignCpuBusyPercent: must be a number from 1 to 100 (percent), and is 101.',
    ],
    [
      { keyboardBusySeconds: '60' },
      'machine.keyboardBusySeconds: must be a number from 1 to 3600 (seconds), and is "60".',
    ],
    [
      { startIdleSecs: 1 },
      'machine: there is no knob "startIdleSecs"; see the table of knobs in the capacity guide.',
    ],
    [
      { timeZone: 'Mars/Olympus' },
      'machine.timeZone: must be the IANA name of a time zone, such as "Europe/Berlin".',
    ],
    [{ hours: { moonday: '10:00-11:00' } }, /^machine\.hours: has no day "moonday": the days are monday, /],
    [{ hours: { monday: '9-17' } }, /^machine\.hours\.monday\.0: must be local times "hh:mm-hh:mm"/],
    [{ hours: { monday: '09:00-09:00' } }, /^machine\.hours\.monday\.0: begins and ends at the same time/],
    [{ hours: 'nights' }, /^machine\.hours: must be "always", "never", or weekdays/],
    [{ profile: 'desktop' }, /^machine\.profile\.0: must be one of dedicated, /],
    [
      { profile: ['dedicated', 'background'] },
      /^machine\.profile: dedicated and background can't be combined/,
    ],
    [
      { profile: ['dedicated', 'desktop-hours'] },
      /^machine\.profile: dedicated and desktop-hours can't be combined/,
    ],
    [{ exclusiveApps: ['/usr/bin/game'] }, /^machine\.exclusiveApps\.0: must be the name of a process/],
    ['suspend', 'machine: must be an object of knobs.'],
  ])('of %j say what to do', (machine, problem) => {
    const problems = problemsOf({ machine });
    expect(problems).toHaveLength(1);
    if (typeof problem === 'string') expect(problems[0]).toBe(problem);
    else expect(problems[0]).toMatch(problem);
  });

  it('name all that is wrong, in all layers', () => {
    const problems = problemsOf({
      machine: { maxKillSeconds: 0, runOnBattery: 1 },
      pool: { cpuCapPercent: 0 },
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'machine.maxKillSeconds',
      'machine.runOnBattery',
      'pool.cpuCapPercent',
    ]);
  });

  it.each([
    ['foreignCpuIdlePercent', 'foreignCpuBusyPercent', { foreignCpuIdlePercent: 50 }],
    ['continueIdleSeconds', 'startIdleSeconds', { continueIdleSeconds: 901 }],
    ['keyboardBusySeconds', 'continueIdleSeconds', { keyboardBusySeconds: 301 }],
    ['letSleepAfterSeconds', 'startIdleSeconds', { letSleepAfterSeconds: 900 }],
    [
      'evictBeforeEndSeconds',
      'stopStartingBeforeEndSeconds',
      { hours: 'never', evictBeforeEndSeconds: 1801 },
    ],
    [
      'maxVacateSeconds',
      'evictBeforeEndSeconds',
      { profile: 'dedicated', hours: 'never', maxVacateSeconds: 571 },
    ],
    ['memoryOwnerActivePercent', 'memoryOwnerIdlePercent', { memoryOwnerActivePercent: 91 }],
    ['whenOwnerActive', 'maxVacateSeconds', { maxVacateSeconds: 46 }],
  ])('name both %s and %s where they conflict', (one, other, machine) => {
    const problems = problemsOf({ machine });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${one} \\S+ \\(.+\\) and ${other} \\S+ \\(.+\\): `));
    expect(problems[0]).toContain('(machine)');
  });

  it('say which layers conflict', () => {
    const problems = problemsOf({ machine: { continueIdleSeconds: 700 }, group: { startIdleSeconds: 600 } });
    expect(problems[0]).toMatch(/^continueIdleSeconds 700 \(machine\) and startIdleSeconds 600 \(group\): /);
  });

  it('say that an engine can not pause', () => {
    expect(problemsOf({ pool: { profile: 'desktop-suspend' } }, WINDOWS)[0]).toMatch(
      /^whenOwnerActive suspend \(profile desktop-suspend, set by pool\) and canPause false/,
    );
  });
});

describe("the worker's own settings", () => {
  const local = { profile: 'dedicated', hysteresisSeconds: 20, cpuBusySeconds: 60 };

  it('lie under the layers of management, and over the profile', () => {
    const policy = compileCapacityPolicy({ local, pool: { cpuBusySeconds: 30 } }, LINUX);
    expect(policy).toMatchObject({ whenOwnerActive: 'continue', hysteresisSeconds: 20, cpuBusySeconds: 30 });
    expect(compileCapacityPolicy({ local, pool: { profile: 'desktop-vacate' } }, LINUX)).toMatchObject({
      whenOwnerActive: 'vacate',
      hysteresisSeconds: 20,
    });
  });

  it('are named where they are wrong', () => {
    expect(problemsOf({ local: { hysteresisSeconds: 0 } })[0]).toContain('local.hysteresisSeconds: must be');
  });
});
