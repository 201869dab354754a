import { DAY_MS } from './local-time.js';
import type { MachinePlan } from './machine-plan.js';
import { drawDay, midnightNear, type TimedHappening } from './owner-day.js';
import type { Random } from './random.js';

const WEEK_MINUTES = 7 * 24 * 60;

/** What happens to a machine, day after day; a day is drawn when it is needed. */
export class OwnerDays {
  private today: readonly TimedHappening[] = [];
  private place = 0;
  private midnightMs: number;

  constructor(
    private readonly plan: MachinePlan,
    private readonly random: Random,
    private readonly endMs: number,
  ) {
    // The first local midnight of the simulation; the hours before it are calm.
    this.midnightMs = midnightNear(plan, 0);
    if (this.midnightMs < 0) this.midnightMs = midnightNear(plan, DAY_MS);
    this.drawUntilSomething();
  }

  /** Infinity after the last. */
  get nextMs(): number {
    return this.today[this.place]?.atMs ?? Infinity;
  }

  take(): TimedHappening {
    const next = this.today[this.place] as TimedHappening;
    this.place += 1;
    this.drawUntilSomething();
    return next;
  }

  private drawUntilSomething(): void {
    while (this.place === this.today.length && this.midnightMs < this.endMs) {
      const weekday = Math.floor(
        (this.plan.localTime.minuteOfWeek(this.midnightMs) % WEEK_MINUTES) / (24 * 60),
      );
      this.today = drawDay(this.plan, this.random, this.midnightMs, weekday);
      this.place = 0;
      this.midnightMs = midnightNear(this.plan, this.midnightMs + DAY_MS);
    }
  }
}
