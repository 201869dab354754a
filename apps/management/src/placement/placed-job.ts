import { MATCHED_JOB_VERSION, type Job } from '#shared/contracts/jobs.js';
import type { Placement } from '#shared/domain/placement.js';

/** A job that takes along what it asks of its machine. With requirements it has the version of those workers that keep to them. */
export function placedJob<Placed extends Job>(job: Placed, placement: Placement | undefined): Placed {
  if (placement === undefined) return job;
  const { requirements, rank } = placement;
  return {
    ...job,
    ...(requirements !== undefined && { version: MATCHED_JOB_VERSION, requirements }),
    ...(rank !== undefined && { rank }),
  };
}
