import {
  JOB_VERSION,
  LIMITED_CHUNK_VERSION,
  MATCHED_JOB_VERSION,
  STREAMED_JOB_VERSION,
  TRIGGERED_CHUNK_VERSION,
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
    ...(requirements !== undefined && {
      version: Math.max(job.version, MATCHED_JOB_VERSION) as Placed['version'],
      requirements,
    }),
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
  return placedJob({ ...rest, version: versionWithout(job) } as Placed, placement);
}

/** The version that a job has without a placement. */
function versionWithout(job: InvocationJob | ChunkJob): number {
  if (job.kind === 'invocation') return job.stream === undefined ? JOB_VERSION : STREAMED_JOB_VERSION;
  if (job.version === LIMITED_CHUNK_VERSION) return LIMITED_CHUNK_VERSION;
  return job.itemTrigger === undefined ? JOB_VERSION : TRIGGERED_CHUNK_VERSION;
}
