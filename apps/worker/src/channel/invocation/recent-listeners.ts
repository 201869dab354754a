import type { LogLine } from '#shared/domain/invocation.js';

type Listener = (line: LogLine) => void;

/** At least this long after its end an invocation's log lines still find their way. */
const KEPT_SECONDS = 5;
/** Deliberately small: a listener may keep a whole invocation's log alive. */
const GENERATION_SIZE_MAX = 2000;

/**
 * Who listened to invocations that have ended, for a while: log lines may come after the response.
 *
 * Two generations: what ended lately, and what ended before that. When the young one is full or old enough it becomes the old
 * one, and the old one is forgotten. So there is one timer at most, and none while nothing runs.
 */
export class RecentListeners {
  #young = new Map<string, Listener>();
  #old = new Map<string, Listener>();
  #timer: NodeJS.Timeout | undefined;

  keep(invocationId: string, listener: Listener): void {
    if (this.#young.size >= GENERATION_SIZE_MAX) this.#age();
    this.#young.set(invocationId, listener);
    this.#timer ??= setInterval(() => this.#tick(), KEPT_SECONDS * 1000).unref();
  }

  find(invocationId: string): Listener | undefined {
    return this.#young.get(invocationId) ?? this.#old.get(invocationId);
  }

  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#young.clear();
    this.#old.clear();
  }

  #tick(): void {
    this.#age();
    if (this.#old.size === 0) this.clear();
  }

  #age(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
