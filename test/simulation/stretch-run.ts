import type { Stretch } from './batches.js';

/** One stretch of work on one machine: how far it is, and when it will be through. */
export class StretchRun {
  private computedSeconds = 0;
  private sinceMs: number | null = null;

  constructor(readonly stretch: Stretch) {}

  get isComputing(): boolean {
    return this.sinceMs !== null;
  }

  start(atMs: number): void {
    this.sinceMs ??= atMs;
  }

  pause(atMs: number): void {
    this.computedSeconds = this.secondsAt(atMs);
    this.sinceMs = null;
  }

  /** Infinity while it is paused. */
  get endsMs(): number {
    if (this.sinceMs === null) return Infinity;
    return this.sinceMs + Math.ceil((this.stretch.seconds - this.computedSeconds) * 1000);
  }

  /** Until the items that run now are through. */
  secondsToItemsEnd(atMs: number): number {
    return this.stretch.itemSeconds - (this.secondsAt(atMs) % this.stretch.itemSeconds);
  }

  /** Core-seconds of finished items, and of the items that were begun, at an end. */
  accountAt(atMs: number): { done: number; lost: number } {
    const { seconds, coreSeconds, itemSeconds } = this.stretch;
    const computed = Math.min(this.secondsAt(atMs), seconds);
    // A millisecond that rounding took must not cost an item.
    const whole = Math.floor((computed + 0.002) / itemSeconds) * itemSeconds;
    const doneSeconds = computed >= seconds - 0.002 ? seconds : Math.min(whole, seconds);
    const cores = coreSeconds / seconds;
    return { done: doneSeconds * cores, lost: Math.max(0, computed - doneSeconds) * cores };
  }

  private secondsAt(atMs: number): number {
    return this.computedSeconds + (this.sinceMs === null ? 0 : (atMs - this.sinceMs) / 1000);
  }
}
