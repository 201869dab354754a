import { beforeAll, describe, expect, it } from '@jest/globals';
import { decide } from '../../apps/worker/src/capacity/policy/decide.js';
import { reportLines } from './report.js';
import { simulate, type SimulationParameters, type SimulationResult } from './simulation.js';

/** Not about speed: a busy machine takes its time. */
const TIMEOUT_MS = 180_000;

/** Work around the clock, more than can be done: each break of each owner is used, and each return meets with work. */
const HARD: SimulationParameters = { machines: 50, days: 6, seed: 3, nightHoursPerCore: 24, windowHours: 24 };
/** Enough for some hours of each night; over the weekend in which European clocks are set back. */
const NIGHTS: SimulationParameters = {
  machines: 60,
  days: 15,
  seed: 4,
  nightHoursPerCore: 3,
  windowHours: 11,
};

const violationsOf = (result: SimulationResult): string[] => [...result.ledger.violations.keys()].sort();

describe('a fleet under the capacity policy', () => {
  let hard: SimulationResult;
  let nights: SimulationResult;

  beforeAll(() => {
    hard = simulate(HARD);
    nights = simulate(NIGHTS);
  }, TIMEOUT_MS);

  it('never stands in an owner’s way', () => {
    expect([violationsOf(hard), violationsOf(nights)]).toEqual([[], []]);
    expect(hard.ledger.quarantines + nights.ledger.quarantines).toBe(0);
    expect(hard.ledger.evictions).toBeGreaterThan(50);
  });

  it('completes the batches of its nights in their windows', () => {
    for (const batch of nights.batches) {
      expect(batch.completionHours.length).toBeGreaterThanOrEqual(14);
      expect(Math.max(...batch.completionHours)).toBeLessThan(11);
      expect(batch.waiting + batch.inFlight).toBe(0);
    }
  });

  it('does all the work that it was given, once', () => {
    const given = nights.cores * NIGHTS.nightHoursPerCore * NIGHTS.days * 3600;
    expect(nights.ledger.goodput / given).toBeCloseTo(1, 3);
  });

  it('accounts for each core-second', () => {
    const spent = [nights.ledger.inWindow, nights.ledger.outside].flatMap(({ byState }) => [
      ...byState.values(),
    ]);
    const total = spent.reduce((sum, seconds) => sum + seconds, 0);
    expect(total / (nights.cores * NIGHTS.days * 24 * 3600)).toBeCloseTo(1, 6);
  });

  it('harvests nearly all that is offered while there is work, and loses little', () => {
    const { goodput, badput, inWindow } = hard.ledger;
    expect(goodput / inWindow.offered).toBeGreaterThan(0.95);
    expect(goodput / inWindow.offered).toBeLessThanOrEqual(1);
    expect(badput / goodput).toBeLessThan(0.02);
  });

  it(
    'comes out the same for the same seed, and differently for another',
    () => {
      const small = { ...HARD, machines: 10, days: 2 };
      expect(reportLines(simulate(small))).toEqual(reportLines(simulate(small)));
      expect(reportLines(simulate({ ...small, seed: 9 }))).not.toEqual(reportLines(simulate(small)));
    },
    TIMEOUT_MS,
  );

  it('says what came out', () => {
    const text = reportLines(nights).join('\n');
    expect(text).toContain('owner violations           0');
    expect(text).toMatch(/harvested in the windows +\d+\.\d % of what was offered/);
    expect(text).toMatch(/render +1\d runs completed \(P50 \d\.\d\d h, P90 \d\.\d\d h, longest \d\.\d\d h\)/);
  });
});

/** What the judge must find: each is the real decision, with something wrong about it. */
describe('a wrong decision is found out that', () => {
  const FEW: SimulationParameters = { ...HARD, machines: 20, days: 3 };

  it(
    'sees nothing and hears nothing',
    () => {
      const calm = {
        inputAgeSeconds: 100_000,
        rdpSessions: 0,
        power: 'mains',
        foreignCpuPercent: 0,
        exclusiveApp: null,
        owner: { kind: 'offered' },
      } as const;
      const blind: typeof decide = (status, readings, policy, now) =>
        decide(status, { ...readings, ...calm }, policy, now);
      expect(violationsOf(simulate(HARD, blind))).toEqual(
        ['present', 'remote', 'unplugged', 'load', 'exclusive', 'snooze']
          .flatMap((need) => [`${need}:kept`, `${need}:started`])
          .concat('input:started')
          .sort(),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'has a clock that is ten hours wrong',
    () => {
      const late: typeof decide = (status, readings, policy, now) =>
        decide(status, readings, policy, { ...now, utcMs: (now.utcMs as number) + 36_000_000 });
      expect(violationsOf(simulate(FEW, late)).join()).toMatch(/hours:kept/);
    },
    TIMEOUT_MS,
  );

  it(
    'goes on too early after a pause',
    () => {
      const hasty: typeof decide = (status, readings, policy, now) =>
        decide(status, readings, { ...policy, continueIdleSeconds: 60, startIdleSeconds: 60 }, now);
      expect(violationsOf(simulate(FEW, hasty))).toContain('input:started');
    },
    TIMEOUT_MS,
  );

  it(
    'lets work take longer to leave than was promised',
    () => {
      const slow: typeof decide = (status, readings, policy, now) =>
        decide(status, readings, { ...policy, whenOwnerActive: 'vacate', maxVacateSeconds: 300 }, now);
      expect(violationsOf(simulate(FEW, slow))).toContain('present:kept');
    },
    TIMEOUT_MS,
  );
});
