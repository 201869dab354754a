import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { writeFileTree } from '../../../../../../test/support/file-tree.js';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import { readContainerUse } from './cgroup-use.js';

const MIB = 2 ** 20;
let folder: string;
beforeAll(async () => {
  folder = await makeTempFolder('cgroups');
});
afterAll(() => removeFolder(folder));

const V2 = (group: string): Record<string, string> => ({
  'fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
  [`fs/cgroup/${group}/cpu.stat`]: 'usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n',
  [`fs/cgroup/${group}/memory.current`]: `${100 * MIB}\n`,
  [`fs/cgroup/${group}/memory.stat`]: `anon 5\ninactive_file ${30 * MIB}\nactive_file 7\n`,
  [`fs/cgroup/${group}/cgroup.procs`]: '812\n813\n',
});
const V1 = (cpu: string, group: string): Record<string, string> => ({
  [`fs/cgroup/${cpu}/${group}/cpuacct.usage`]: '2500000000\n',
  [`fs/cgroup/${cpu}/${group}/cgroup.procs`]: '812\n813\n',
  [`fs/cgroup/memory/${group}/memory.usage_in_bytes`]: `${100 * MIB}\n`,
  [`fs/cgroup/memory/${group}/memory.stat`]: `cache 1\ninactive_file 2\ntotal_inactive_file ${30 * MIB}\n`,
});

describe('readContainerUse', () => {
  it.each([
    ['version 2, the engine’s driver', V2('docker/abc')],
    ['version 2, systemd’s driver', V2('system.slice/docker-abc.scope')],
    ['version 1, a folder a controller', V1('cpuacct', 'docker/abc')],
    ['version 1, a shared folder', V1('cpu,cpuacct', 'docker/abc')],
    ['version 1, systemd’s driver', V1('cpu,cpuacct', 'system.slice/docker-abc.scope')],
  ])('of %s', async (name, files) => {
    const sys = join(folder, name.replaceAll(/\W+/g, '-'));
    await writeFileTree(sys, files);
    expect(await readContainerUse(sys, ['abc', 'ended'])).toEqual([
      { id: 'abc', cpuSeconds: 2.5, memoryBytes: 70 * MIB, pids: [812, 813] },
    ]);
  });
});
