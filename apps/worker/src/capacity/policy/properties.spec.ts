import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { isOffered, mayCompute, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { Readings } from '#shared/domain/capacity/readings.js';
import { IDLE_READINGS, policyOf } from '../../../../../test/support/capacity.js';
import { observe, type Observed, type Step } from '../../../../../test/support/doubles/capacity-worker.js';
import { decide } from './decide.js';
import { nextChangeMs } from './next-change.js';

// Thousands of decisions a property take their time on a busy machine.
jest.setTimeout(180_000);

/** One seed: what passes once passes always. Change it to look further. */
const RUNS = { seed: 20_261_129, numRuns: 400 };
/** A Saturday evening in Berlin with a clock change in its night. */
const START_UTC_MS = Date.parse('2026-10-24T15:00:00Z');

const POLICIES = [
  policyOf(),
  policyOf({ profile: 'desktop-vacate' }),
  policyOf({ profile: ['desktop-suspend', 'desktop-hours'] }),
  policyOf({ profile: ['desktop-vacate', 'desktop-hours'], timeZone: 'America/New_York' }),
  policyOf({ startIdleSeconds: 60, continueIdleSeconds: 60, hysteresisSeconds: 30, exclusiveApps: ['game'] }),
];
const SERVERS = [
  policyOf({ profile: 'dedicated' }),
  policyOf({ profile: 'background', hours: { sunday: '01:00-05:00' }, maxVacateSeconds: 500 }),
];

/** Mostly the first, else one of the others: what never goes well shows nothing. */
const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 100, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const sensed: fc.Arbitrary<Step['sensed']> = fc.record({
  owner: mostly<Readings['owner']>(
    { kind: 'offered' },
    { kind: 'never' },
    { kind: 'snoozed', untilMs: 5_000_000 },
    'unknown',
  ),
  drain: mostly<Readings['drain']>(null, { deadlineMs: null }, { deadlineMs: 3_000_000 }),
  engine: mostly<Readings['engine']>('healthy', 'down', 'unknown'),
  contactLostSeconds: mostly(0, 15, 25),
  power: mostly<Readings['power']>('mains', 'battery', 'unknown'),
  exclusiveApp: mostly<Readings['exclusiveApp']>(null, 'game', 'unknown'),
  disk: mostly<Readings['disk']>(IDLE_READINGS.disk, { totalBytes: 100, freeBytes: 5 }, 'unknown'),
  rdpSessions: mostly<Readings['rdpSessions']>(0, 1, 'unknown'),
  foreignCpuPercent: mostly<Readings['foreignCpuPercent']>(5, 35, 40, 80, 'unknown'),
  memory: mostly<Readings['memory']>(
    IDLE_READINGS.memory,
    { totalBytes: 100, foreignBytes: 30, ownBytes: 70 },
    { totalBytes: 100, foreignBytes: 90, ownBytes: 0 },
    'unknown',
  ),
});

const step: fc.Arbitrary<Step> = fc.record({
  seconds: fc.oneof(
    fc.integer({ min: 1, max: 15 }),
    fc.integer({ min: 16, max: 900 }),
    fc.integer({ min: 1, max: 30_000 }).map((ms) => ms / 1000),
  ),
  input: mostly<Step['input']>('none', 'input', 'input', 'unknown'),
  sensed,
  knowsTime: mostly(true, false),
  takesWork: fc.boolean(),
  workEnds: mostly(false, true),
  obeys: mostly(true, false),
});
const steps = fc.array(step, { minLength: 20, maxLength: 150 });
const anyPolicy = fc.constantFrom(...POLICIES, ...SERVERS);
const desktop = fc.constantFrom(...POLICIES);

afterEach(() => {
  jest.useRealTimers();
});

function forEachLook(
  policies: fc.Arbitrary<CapacityPolicy>,
  check: (look: Observed, policy: CapacityPolicy) => void,
): void {
  fc.assert(
    fc.property(steps, policies, (told, policy) => {
      for (const look of observe(told, policy, START_UTC_MS)) check(look, policy);
    }),
    RUNS,
  );
}

const ageOf = ({ readings }: Observed): number =>
  readings.inputAgeSeconds === 'unknown' ? 0 : readings.inputAgeSeconds;

describe('the owner', () => {
  it('has the machine at the first look after input', () => {
    forEachLook(desktop, (look, policy) => {
      if (ageOf(look) >= policy.keyboardBusySeconds && look.readings.rdpSessions === 0) return;
      const { status, actions } = look.decision;
      expect(mayCompute(status.state)).toBe(false);
      const computed = mayCompute(look.before.state) && look.readings.work.running > 0;
      if (computed)
        expect(actions.some(({ kind }) => ['suspend', 'vacate', 'kill'].includes(kind))).toBe(true);
    });
  });

  it('sees nothing started until continueIdleSeconds have passed', () => {
    forEachLook(desktop, (look, policy) => {
      if (isOffered(look.decision.status.state))
        expect(ageOf(look)).toBeGreaterThanOrEqual(policy.continueIdleSeconds);
    });
  });

  it('is obeyed with a snooze or "never" under every policy', () => {
    forEachLook(anyPolicy, ({ readings: { owner }, now, decision }) => {
      const offered =
        owner !== 'unknown' &&
        (owner.kind === 'offered' || (owner.kind === 'snoozed' && owner.untilMs <= now.monotonicMs));
      if (!offered) expect(mayCompute(decision.status.state)).toBe(false);
    });
  });
});

describe('hours', () => {
  const localMinute = (timeZone: string, utcMs: number): { day: string; minute: number } => {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
    const parts = Object.fromEntries(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
    return { day: parts['weekday'] ?? '', minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
  };
  const isNightOrWeekend = ({ day, minute }: { day: string; minute: number }): boolean =>
    ['Sat', 'Sun'].includes(day) || minute < 7 * 60 || minute >= 19 * 60;

  it('see nothing offered outside them', () => {
    const withHours = fc.constantFrom(...POLICIES.slice(2, 4));
    forEachLook(withHours, ({ now, decision }, policy) => {
      if (!isOffered(decision.status.state)) return;
      expect(now.utcMs).not.toBe('unknown');
      const local = localMinute(policy.timeZone, now.utcMs as number);
      const inHalfAnHour = localMinute(policy.timeZone, (now.utcMs as number) + 1800 * 1000);
      expect([isNightOrWeekend(local), isNightOrWeekend(inHalfAnHour)]).toEqual([true, true]);
    });
  });
});

describe('states', () => {
  it('never flap faster than the hysteresis', () => {
    fc.assert(
      fc.property(steps, anyPolicy, (told, policy) => {
        let withdrawnAtMs = 0;
        for (const { before, now, decision } of observe(told, policy, START_UTC_MS)) {
          const [was, is] = [isOffered(before.state), isOffered(decision.status.state)];
          if (was && !is) withdrawnAtMs = now.monotonicMs;
          if (!was && is)
            expect(now.monotonicMs - withdrawnAtMs).toBeGreaterThan(policy.hysteresisSeconds * 1000);
        }
      }),
      RUNS,
    );
  });

  it('are all reached by these machines, or the other properties would say little', () => {
    const reached = new Set<CapacityState>();
    forEachLook(anyPolicy, ({ decision }) => reached.add(decision.status.state));
    expect(reached.size).toBe(12);
  });

  it('open and close the intake in turn', () => {
    fc.assert(
      fc.property(steps, anyPolicy, (told, policy) => {
        let open = false;
        for (const { decision } of observe(told, policy, START_UTC_MS)) {
          for (const { kind } of decision.actions) {
            if (kind === 'openIntake' || kind === 'closeIntake') expect(open).toBe(kind === 'closeIntake');
            if (kind === 'openIntake') open = true;
            if (kind === 'closeIntake') open = false;
          }
          expect(open).toBe(isOffered(decision.status.state));
        }
      }),
      RUNS,
    );
  });
});

describe('an unknown reading', () => {
  const SENSORS = [
    'owner',
    'engine',
    'power',
    'exclusiveApp',
    'disk',
    'rdpSessions',
    'foreignCpuPercent',
    'memory',
    'inputAgeSeconds',
  ] as const;

  it('never makes a machine available that would not be', () => {
    fc.assert(
      fc.property(steps, anyPolicy, fc.subarray([...SENSORS], { minLength: 1 }), (told, policy, blind) => {
        const unknown = Object.fromEntries(blind.map((sensor) => [sensor, 'unknown']));
        for (const { before, readings, now, decision } of observe(told, policy, START_UTC_MS)) {
          const blinded = decide(before, { ...readings, ...unknown }, policy, now).status.state;
          if (isOffered(blinded)) expect(isOffered(decision.status.state)).toBe(true);
          if (mayCompute(blinded)) expect(mayCompute(decision.status.state)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it.each(SENSORS)('of %s keeps a desktop for its owner', (sensor) => {
    const policy = policyOf({ exclusiveApps: ['game'] });
    const now = { monotonicMs: 9e8, utcMs: START_UTC_MS };
    const status = {
      state: 'unclaimed/idle',
      sinceMs: 0,
      reason: null,
      startedAtMs: 0,
      loadBusySinceMs: null,
      quarantined: false,
    } as const;
    const state = (readings: Readings): boolean =>
      isOffered(decide(status, readings, policy, now).status.state);
    expect([state(IDLE_READINGS), state({ ...IDLE_READINGS, [sensor]: 'unknown' })]).toEqual([true, false]);
  });
});

describe('a wrong wall clock', () => {
  it('changes nothing', () => {
    fc.assert(
      fc.property(steps, anyPolicy, fc.date({ noInvalidDate: true }), (told, policy, wrong) => {
        const right = observe(told, policy, START_UTC_MS);
        jest.useFakeTimers({ now: wrong });
        const same = observe(told, policy, START_UTC_MS);
        jest.useRealTimers();
        expect(same).toEqual(right);
      }),
      { ...RUNS, numRuns: 50 },
    );
  });

  it('is not what decides: a wrong trusted time does change hours', () => {
    const policy = POLICIES[2] as CapacityPolicy;
    const calm: Step = {
      seconds: 600,
      input: 'none',
      sensed: { ...IDLE_READINGS },
      knowsTime: true,
      takesWork: false,
      workEnds: false,
      obeys: true,
    };
    const statesFrom = (utcMs: number): CapacityState[] =>
      observe(
        Array.from({ length: 5 }, () => calm),
        policy,
        utcMs,
      ).map(({ decision }) => decision.status.state);
    expect(statesFrom(START_UTC_MS)).not.toEqual(statesFrom(Date.parse('2026-10-21T08:00:00Z')));
  });
});

describe('the next change', () => {
  it('does not come before it is announced', () => {
    const parts = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(steps, anyPolicy, parts, (told, policy, shares) => {
        for (const { readings, now, decision } of observe(told, policy, START_UTC_MS)) {
          // What an action does is a change from outside.
          if (decision.actions.length > 0) continue;
          const next = nextChangeMs(decision.status, readings, policy, now);
          for (const share of shares) {
            const aheadMs = Math.floor(
              share * (Math.min(next, now.monotonicMs + 7_200_000) - now.monotonicMs),
            );
            const later = decide(decision.status, aged(readings, aheadMs / 1000, policy), policy, {
              monotonicMs: now.monotonicMs + aheadMs,
              utcMs: now.utcMs === 'unknown' ? 'unknown' : now.utcMs + aheadMs,
            });
            expect(later.status.state).toBe(decision.status.state);
          }
        }
      }),
      RUNS,
    );
  });

  function aged(readings: Readings, seconds: number, policy: CapacityPolicy): Readings {
    const { inputAgeSeconds, contactLostSeconds } = readings;
    return {
      ...readings,
      inputAgeSeconds: inputAgeSeconds === 'unknown' ? 'unknown' : inputAgeSeconds + seconds,
      contactLostSeconds:
        contactLostSeconds < policy.heartbeatSeconds ? contactLostSeconds : contactLostSeconds + seconds,
    };
  }
});
