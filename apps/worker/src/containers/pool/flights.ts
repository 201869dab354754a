import type { ChannelInvocation } from '../../channel/language-worker-channel.js';
import type { ContainerOutputLine } from '../container-runtime.js';

/** A function that runs in a container. */
export interface Flight {
  readonly invocation: ChannelInvocation;
  /** On the clock of the hold, milliseconds; null: it may take as long as it likes. */
  readonly deadlineMs: number | null;
  timedOut: boolean;
}

/** What runs in one container. */
export class Flights {
  readonly #byId = new Map<string, Flight>();

  get count(): number {
    return this.#byId.size;
  }

  /** The one that runs, when it is alone. */
  get lone(): Flight | undefined {
    const [first, ...others] = this.#byId.values();
    return others.length === 0 ? first : undefined;
  }

  add(invocation: ChannelInvocation, nowMs: number, timeoutMs: number | null): Flight {
    const deadlineMs = timeoutMs === null ? null : nowMs + timeoutMs;
    const flight: Flight = { invocation, deadlineMs, timedOut: false };
    this.#byId.set(invocation.invocationId, flight);
    return flight;
  }

  remove({ invocation }: Flight): void {
    this.#byId.delete(invocation.invocationId);
  }

  /** Marks those that are past their time at a moment of that clock. @returns them */
  timeOut(atMs: number): Flight[] {
    const late = [...this.#byId.values()].filter(
      ({ deadlineMs }) => deadlineMs !== null && deadlineMs <= atMs,
    );
    for (const flight of late) flight.timedOut = true;
    return late;
  }

  /** What the process prints by itself names no invocation: it belongs to one only while that one is alone. */
  log({ stream, text }: ContainerOutputLine): void {
    const level = stream === 'stderr' ? 'warning' : 'information';
    this.lone?.invocation.onLog({ loggedAt: new Date(), level, category: stream, message: text });
  }
}
