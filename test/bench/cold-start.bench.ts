import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import type Docker from 'dockerode';
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

/** From nothing to an app that is loaded, against what `docker run` does with the same image to its first line of output. */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const pools = await DockerPools.create(context);
  try {
    const pool = await pools.open();
    const image = await pools.imageOf(pool);
    await msToFirstLine(pools.docker, image);
    const figures = await medianOfRounds(
      context.rounds,
      async () => medianOf(await times(STARTS, () => pools.msToLoaded(pool))),
      async () => medianOf(await times(STARTS, () => msToFirstLine(pools.docker, image))),
    );
    return [resultOf({ name: 'cold-start', ...figures, unit: 'ms (P50)', goal: '<= 1.5' })];
  } finally {
    await pools.close();
  }
}

/** As `docker run --rm IMAGE node -e …` does it: created, attached to, started; timed until it says something. */
async function msToFirstLine(docker: Docker, image: string): Promise<number> {
  const startedMs = performance.now();
  const container = await docker.createContainer({
    Image: image,
    Cmd: [IN_CONTAINER.node, '-e', 'console.log("ready")'],
    AttachStdout: true,
  });
  try {
    const output = await container.attach({ stream: true, stdout: true });
    const firstLine = once(output, 'data');
    await container.start();
    await firstLine;
    return performance.now() - startedMs;
  } finally {
    await container.remove({ force: true, v: true });
  }
}

export default { name: 'cold-start', run } satisfies Bench;
