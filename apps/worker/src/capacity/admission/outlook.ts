import { isOwnerActive, mindsOwner, secondsUntilHoursEnd, type View } from '../policy/view.js';
import type { TimeLeft } from './admission.js';
import type { IdleBook } from './idle-book.js';

/** Of the time left to work, what depends on the machine. */
export type MachineTimeLeft = Omit<TimeLeft, 'window'>;

const ENDLESS: MachineTimeLeft = Object.freeze({ hours: Infinity, idle: Infinity });

/** How long this machine can go on working, as far as its last look tells. To ask it costs next to nothing. */
export class Outlook {
  #hoursEndMs = Infinity;
  #idleEndsMs = Infinity;

  constructor(
    private readonly book: Pick<IdleBook, 'note' | 'expectedSeconds'>,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @param view the last look at the machine; null: nothing bounds its time */
  look(view: View | null): void {
    if (view) this.#learn(view);
    const nowMs = view?.now.monotonicMs ?? 0;
    this.#hoursEndMs = view ? nowMs + secondsUntilEviction(view) * 1000 : Infinity;
    this.#idleEndsMs = view ? nowMs + this.#idleSeconds(view) * 1000 : Infinity;
  }

  get left(): MachineTimeLeft {
    if (this.#hoursEndMs === Infinity && this.#idleEndsMs === Infinity) return ENDLESS;
    const nowMs = this.nowMs();
    return {
      hours: Math.max(0, (this.#hoursEndMs - nowMs) / 1000),
      idle: Math.max(0, (this.#idleEndsMs - nowMs) / 1000),
    };
  }

  /** What the sensors can't see says nothing about the owner's habits. */
  #learn(view: View): void {
    const { readings, now, policy } = view;
    if (!mindsOwner(view) || now.utcMs === 'unknown') return;
    if (readings.inputAgeSeconds === 'unknown' || readings.rdpSessions === 'unknown') return;
    this.book.note({ utcMs: now.utcMs, timeZone: policy.timeZone, isOwnerThere: isOwnerActive(view) });
  }

  /** While the owner is there, or the time is not known, nothing new is taken anyway. */
  #idleSeconds(view: View): number {
    if (!mindsOwner(view)) return Infinity;
    const { now, policy } = view;
    if (now.utcMs === 'unknown') return 0;
    return this.book.expectedSeconds(now.utcMs, policy.timeZone);
  }
}

/** Work is sent away some time before the hours end. */
function secondsUntilEviction(view: View): number {
  return secondsUntilHoursEnd(view) - view.policy.evictBeforeEndSeconds;
}
