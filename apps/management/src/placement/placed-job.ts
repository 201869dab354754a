import {
  JOB_VERSION,
  MATCHED_JOB_VERSION,
  STREAMED_JOB_VERSION,
  type ChunkJob,
  type InvocationJob,
  type Job,
} from '#shared/contracts/jobs.js';
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

/** The job with another placement than the one that it has; the very same job where it is the same. */
export function replacedJob<Placed extends InvocationJob | ChunkJob>(
  job: Placed,
  placement: Placement = {},
): Placed {
  if (job.requirements === placement.requirements && job.rank === placement.rank) return job;
  const { requirements: _requirements, rank: _rank, ...rest } = job;
  const isStreamed = job.kind === 'invocation' && job.stream !== undefined;
  const version = isStreamed ? STREAMED_JOB_VERSION : JOB_VERSION;
  return placedJob({ ...rest, version } as Placed, placement);
}
