import { setTimeout as delay } from 'node:timers/promises';
import { known, unknown, type Sensed } from './sensed.js';

/** What is told of a sensor's trouble: once when it begins and once when it is over, however often it is read meanwhile. */
export interface SensorEvents {
  onBlind(sensor: string, why: string): void;
  onSeeingAgain(sensor: string): void;
}

/**
 * Reads one sensor so that nothing it does hurts: a failure, an answer that is late and one that can't be true are all
 * `unknown`. A read that hangs is not joined by others: until it has come back, the sensor stays unknown without being asked.
 */
export class GuardedSensor<T> {
  #hanging: Promise<unknown> | null = null;
  #blind = false;

  /**
   * @param read asks the sensor
   * @param nonsense why a value can't be true; null when it can
   */
  constructor(
    private readonly name: string,
    private readonly read: () => Promise<T>,
    private readonly nonsense: (value: T) => string | null,
    private readonly events: SensorEvents,
    private readonly limitMs: number,
  ) {}

  /** Never throws, and takes no longer than the limit. */
  async sense(): Promise<Sensed<T>> {
    const sensed = this.#hanging ? unknown('its last reading has not come back yet') : await this.#ask();
    this.#tell(sensed);
    return sensed;
  }

  async #ask(): Promise<Sensed<T>> {
    const asked = this.#readAndCheck();
    const answer = await withinMs(asked, this.limitMs);
    if (answer) return answer;
    this.#hanging = asked.then(() => (this.#hanging = null));
    return unknown(`it did not answer within ${this.limitMs / 1000} s`);
  }

  async #readAndCheck(): Promise<Sensed<T>> {
    try {
      const value = await this.read();
      const why = this.nonsense(value);
      return why === null ? known(value) : unknown(why);
    } catch (error) {
      return unknown(describe(error));
    }
  }

  #tell(sensed: Sensed<T>): void {
    if (!sensed.known && !this.#blind) this.events.onBlind(this.name, sensed.why);
    if (sensed.known && this.#blind) this.events.onSeeingAgain(this.name);
    this.#blind = !sensed.known;
  }
}

/** Null when the time is up first. The timer never keeps a process alive, nor outlives the answer. */
async function withinMs<T>(promise: Promise<T>, limitMs: number): Promise<T | null> {
  const answered = new AbortController();
  const late = delay(limitMs, null, { signal: answered.signal, ref: false }).catch(() => null);
  try {
    return await Promise.race([promise, late]);
  } finally {
    answered.abort();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
