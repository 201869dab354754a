import { describe, expect, it } from '@jest/globals';
import {
  decidePass,
  isChoosy,
  leftForMs,
  passDelayMs,
  PASSES_MAX,
  readCourse,
  readFailedOn,
  type FailedOn,
} from './elsewhere.js';

describe('decidePass', () => {
  it.each<[string, FailedOn | undefined, 'take' | 'pass']>([
    ['failed nowhere', undefined, 'take'],
    ['failed on another machine', { machineId: 'other', passes: 0 }, 'take'],
    ['failed here', { machineId: 'here', passes: 0 }, 'pass'],
    ['failed here, and nobody took it yet', { machineId: 'here', passes: PASSES_MAX - 1 }, 'pass'],
    ['failed here, and nobody takes it', { machineId: 'here', passes: PASSES_MAX }, 'take'],
  ])('what has %s: %j → %s', (_what, failedOn, decision) => {
    expect(decidePass(failedOn, 'here')).toBe(decision);
  });
});

describe('readFailedOn', () => {
  it.each([
    ['nothing', {}, undefined],
    ['no object', null, undefined],
    ['another form', { failedOn: 'here' }, undefined],
    ['its form', { failedOn: { machineId: 'a', passes: 1 } }, { machineId: 'a', passes: 1 }],
  ])('reads %s', (_what, data, failedOn) => {
    expect(readFailedOn(data)).toEqual(failedOn);
  });
});

describe('readCourse', () => {
  const none = { evictions: 0, passes: 0 };
  it.each([
    ['nothing', {}, none],
    ['no object', null, none],
    ['another form', { course: { evictions: -1, passes: 0 } }, none],
    ['its form', { course: { evictions: 3, passes: 1 } }, { evictions: 3, passes: 1 }],
  ])('reads %s', (_what, data, course) => {
    expect(readCourse(data)).toEqual(course);
  });
});

describe('passDelayMs', () => {
  it('grows, and has an end', () => {
    const delays = (...passes: number[]): number[] => passes.map((one) => passDelayMs(one, false));
    expect(delays(0, 1, 2, 3)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(delays(4, 10, 1_000_000)).toEqual([15_000, 15_000, 15_000]);
  });

  it('lets twelve machines look within six seconds at choosy work, and has the same end', () => {
    const delays = Array.from({ length: 30 }, (_, passes) => passDelayMs(passes, true));
    expect(delays.slice(0, 2)).toEqual([100, 125]);
    expect(delays.slice(0, 12).reduce((sum, one) => sum + one)).toBeLessThan(6_000);
    expect([delays.at(-1), passDelayMs(1_000_000, true)]).toEqual([15_000, 15_000]);
  });
});

describe('leftForMs', () => {
  it.each([
    [0, false, 0],
    [2, false, 3_000],
    [4, false, 15_000],
    [5, false, 30_000],
    [1_000, false, 15_000 + 996 * 15_000],
    [2, true, 225],
  ])('is, of %d passes of choosy work (%s), %d ms', (passes, choosy, milliseconds) => {
    expect(leftForMs(passes, choosy)).toBe(milliseconds);
  });

  it('is the sum of the delays', () => {
    let sumMs = 0;
    for (let passes = 0; passes < 60; sumMs += passDelayMs(passes, true), passes += 1)
      expect(leftForMs(passes, true)).toBeCloseTo(sumMs, 3);
  });
});

describe('isChoosy', () => {
  it('is work with requirements or a rank', () => {
    expect([isChoosy({}), isChoosy({ requirements: 'true' }), isChoosy({ rank: 'cores' })]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
