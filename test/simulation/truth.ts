import type { OwnerOrder, Readings, WorkReading } from '#shared/domain/capacity/readings.js';
import type { Happening } from './owner-day.js';

const GIB = 2 ** 30;
const DISK = { totalBytes: 500 * GIB, freeBytes: 250 * GIB };
const OFFERED: OwnerOrder = { kind: 'offered' };
const BUSY_PERCENT = 80;
const IDLE_PERCENT = 5;

/** What is true of a machine. Since when: −Infinity where it is not so. All times since the simulation's start. */
export class Truth {
  present = false;
  /** The newest input; while somebody is present: now. */
  lastInputMs = -1e9;
  remote = false;
  unplugged = false;
  off = false;
  exclusive = false;
  load = false;
  blind = false;
  snoozedUntilMs = -Infinity;
  drain: { readonly deadlineMs: number | null } | null = null;

  happen(happening: Happening, atMs: number): void {
    if (happening.kind === 'snooze') this.snoozedUntilMs = atMs + happening.seconds * 1000;
    else if (happening.kind === 'drain') {
      const { deadlineSeconds } = happening;
      this.drain = deadlineSeconds === null ? null : { deadlineMs: atMs + deadlineSeconds * 1000 };
    } else this.turn(happening.kind, happening.on, atMs);
  }

  private turn(kind: Exclude<Happening['kind'], 'snooze' | 'drain'>, on: boolean, atMs: number): void {
    if (kind === 'present' && (on || this.present)) this.lastInputMs = atMs;
    this[kind] = on;
  }

  /** What sensors show of it. */
  readingsAt(atMs: number, work: WorkReading): Readings {
    return {
      owner: this.snoozedUntilMs > atMs ? { kind: 'snoozed', untilMs: this.snoozedUntilMs } : OFFERED,
      drain: this.drain,
      engine: 'healthy',
      contactLostSeconds: 0,
      power: this.unplugged ? 'battery' : 'mains',
      exclusiveApp: this.exclusive ? 'presentation' : null,
      disk: DISK,
      inputAgeSeconds: this.blind ? 'unknown' : this.inputAgeSeconds(atMs),
      rdpSessions: this.remote ? 1 : 0,
      foreignCpuPercent: this.load ? BUSY_PERCENT : IDLE_PERCENT,
      memory: {
        totalBytes: 16 * GIB,
        foreignBytes: this.present ? 6 * GIB : 3 * GIB,
        ownBytes: work.claimed > 0 ? 4 * GIB : 0,
      },
      work,
    };
  }

  inputAgeSeconds(atMs: number): number {
    return this.present ? 0 : (atMs - this.lastInputMs) / 1000;
  }

  /** Whether nobody needs the machine, whatever a policy says. */
  isSpare(atMs: number): boolean {
    const needed = this.present || this.remote || this.unplugged || this.off || this.exclusive || this.load;
    return !needed && this.snoozedUntilMs <= atMs;
  }
}
