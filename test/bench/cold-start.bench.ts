import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { IN_CONTAINER } from '../../apps/worker/src/containers/docker/image/image-layout.js';
import {
  medianOf,
  medianOfRounds,
  resultOf,
  type Bench,
  type BenchContext,
  type BenchResult,
} from './bench.js';
import { DockerPools, times } from './support/docker-pool.js';

const STARTS = 7;

/** From nothing to an app that is loaded, against a bare `docker run` of the same image to its first line of output. */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const pools = await DockerPools.create(context);
  try {
    const pool = await pools.open();
    const image = await pools.imageOf(pool);
    await msToFirstLine(image);
    const figures = await medianOfRounds(
      context.rounds,
      async () => medianOf(await times(STARTS, () => pools.msToLoaded(pool))),
      async () => medianOf(await times(STARTS, () => msToFirstLine(image))),
    );
    return [resultOf({ name: 'cold-start', ...figures, unit: 'ms (P50)', goal: '<= 1.5' })];
  } finally {
    await pools.close();
  }
}

/** `docker run --rm IMAGE node -e …`, timed until it says something. It has ended, and the container is gone, afterwards. */
async function msToFirstLine(image: string): Promise<number> {
  const startedMs = performance.now();
  const command = ['run', '--rm', image, IN_CONTAINER.node, '-e', 'console.log("ready")'];
  const docker = spawn('docker', command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(docker, 'exit');
  try {
    await once(docker.stdout, 'data');
    return performance.now() - startedMs;
  } finally {
    await ended;
  }
}

export default { name: 'cold-start', run } satisfies Bench;
