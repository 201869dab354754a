import { describe, expect, it } from '@jest/globals';
import { TrustedClock } from './trusted-clock.js';

const HOUR_MS = 3_600_000;
const noon = Date.parse('2026-11-29T12:00:00Z');

function clockWith(ownMs: () => number): { clock: TrustedClock; passes: (ms: number) => void } {
  let monotonic = 5_000;
  const clock = new TrustedClock(() => monotonic, ownMs);
  return { clock, passes: (ms) => (monotonic += ms) };
}

describe('TrustedClock', () => {
  it("is the machine's own until a heartbeat was answered", () => {
    const { clock } = clockWith(() => noon);
    expect(clock.now().getTime()).toBe(noon);
    expect(clock.errorMs).toBe(0);
  });

  it("is the database's from then on, whatever becomes of the machine's own", () => {
    let own = noon + HOUR_MS;
    const { clock, passes } = clockWith(() => own);
    passes(40);
    clock.heard(new Date(noon), 5_000);
    expect(clock.now().getTime()).toBe(noon + 20);
    passes(1_000);
    own -= 7 * HOUR_MS;
    expect(clock.now().getTime()).toBe(noon + 1_020);
  });

  it.each([
    ['an hour ahead', HOUR_MS, HOUR_MS],
    ['an hour behind', -HOUR_MS, -HOUR_MS],
    ['right but for a moment', 900, 0],
    ['right', 0, 0],
  ])('knows the error of a clock that is %s', (_what, wrongMs, errorMs) => {
    const { clock } = clockWith(() => noon + wrongMs);
    clock.heard(new Date(noon), 5_000);
    expect(clock.errorMs).toBe(errorMs);
  });
});
