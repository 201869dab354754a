import type { DurationSketch } from '../domain/capacity/duration-sketch.js';

/** Whose durations: a function's calls, or what one item of a batch takes with it. */
export interface DurationKey {
  readonly appId: string;
  readonly functionName: string;
  readonly kind: 'call' | 'item';
}

export interface FunctionDurations extends DurationKey {
  readonly sketch: DurationSketch;
}

/**
 * How long functions take, as all machines have measured it together. It outlives workers and versions of an app: a version that is
 * slower is followed. What is old fades: it counts half after 90 days, so that work which runs once a week is still known.
 */
export abstract class DurationStore {
  /** All that is known of these apps' functions. */
  abstract ofApps(appIds: readonly string[]): Promise<readonly FunctionDurations[]>;
  /** Adds what was measured since the last time, in one transaction. Gives what is known of these functions after it. */
  abstract add(measured: readonly FunctionDurations[]): Promise<readonly FunctionDurations[]>;
}
