import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askKernel, judgeKernelLog } from './kernel-log.js';

const OURS = 'a1'.repeat(32);
const OTHERS = 'b2'.repeat(32);
const kill = (constraint: string, limit: string, killed: string): string =>
  `6,1201,88123456,-;oom-kill:constraint=${constraint},nodemask=(null),cpuset=${killed},mems_allowed=0` +
  `${limit},task_memcg=/docker/${killed},task=node,pid=4711,uid=65534`;
const ownLimit = (id: string): string => kill('CONSTRAINT_MEMCG', `,oom_memcg=/docker/${id}`, id);
const systemd =
  `6,1,1,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=docker-${OURS}.scope,mems_allowed=0,` +
  `oom_memcg=/system.slice/docker-${OURS}.scope,task_memcg=/system.slice/docker-${OURS}.scope,task=node,pid=1,uid=0`;

describe('judgeKernelLog', () => {
  it.each([
    ['its own limit', [ownLimit(OURS)], 'ownLimit'],
    ['its own limit, the group named by systemd', [systemd], 'ownLimit'],
    ['the machine', [kill('CONSTRAINT_NONE', ',global_oom', OURS)], 'otherLimit'],
    ['a limit above it', [kill('CONSTRAINT_MEMCG', ',oom_memcg=/docker', OURS)], 'otherLimit'],
    [
      'a limit that only begins like its own',
      [kill('CONSTRAINT_MEMCG', `,oom_memcg=/docker/${OTHERS}`, OURS)],
      'otherLimit',
    ],
    ['the last of several', [kill('CONSTRAINT_NONE', ',global_oom', OURS), ownLimit(OURS)], 'ownLimit'],
    ['another container', [ownLimit(OTHERS)], 'unknown'],
    ['nothing of memory', [`6,1,1,-;docker0: port 1 entered the state of ${OURS}`], 'unknown'],
    ['nothing', [], 'unknown'],
  ])('finds %s', (_what, records, verdict) => {
    expect(judgeKernelLog(records, OURS)).toBe(verdict);
  });
});

describe('askKernel', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-kernel-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads a log to its end', async () => {
    const path = join(folder, 'log');
    await writeFile(path, `${ownLimit(OURS)}\n`);
    expect(await askKernel(OURS, path)).toBe('ownLimit');
    expect(await askKernel(OTHERS, path)).toBe('unknown');
  });

  it('knows nothing where there is no log', async () => {
    expect(await askKernel(OURS, join(folder, 'none'))).toBe('unknown');
  });
});
