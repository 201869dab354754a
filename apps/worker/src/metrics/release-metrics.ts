import type { Metrics } from '#shared/telemetry/metrics.js';

/** How long an owner waited for the processor once. */
interface MeasuredRelease {
  readonly by: string;
  readonly reason: string | null;
  readonly seconds: number;
}

/** Adds the owner's waits to a worker's metrics. @returns what notes one */
export function noteReleases(metrics: Metrics): (release: MeasuredRelease) => void {
  const histogram = metrics.durationSeconds(
    'nightjar_worker_owner_release_seconds',
    "From the event that took the machine back (such as its owner's input) until no container had the processor any more.",
  );
  return ({ seconds, by, reason }) => histogram.record(seconds, { by, reason: reason ?? '' });
}
