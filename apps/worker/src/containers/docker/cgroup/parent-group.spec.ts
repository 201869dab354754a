import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileTree } from '../../../../../../test/support/file-tree.js';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import { ParentGroup } from './parent-group.js';

const HALF = { cores: 0.5, isLow: true };
const V1 = { 'cpu.shares': '', 'cpu.cfs_period_us': '', 'cpu.cfs_quota_us': '' };
const V2 = { 'cpu.weight': '', 'cpu.max': '' };

/** The files of a group are there as soon as its folder is: the kernel makes them, here the test has. */
function under(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`fs/cgroup/${folder}/${name}`, text]),
  );
}

describe('ParentGroup', () => {
  let sys: string;
  beforeEach(async () => {
    sys = await makeTempFolder('sys');
  });
  afterEach(() => removeFolder(sys));

  const read = (folder: string, file: string): Promise<string> =>
    readFile(join(sys, 'fs/cgroup', folder, file), 'utf8');

  it('limits by version 1, in whatever folder the controller is', async () => {
    await writeFileTree(sys, under('cpu,cpuacct/nightjar-w', V1));
    const group = await ParentGroup.open(sys, 'w');
    expect(group?.cgroupParent).toBe('/nightjar-w');
    expect(await read('cpu,cpuacct/nightjar-w', 'cpu.cfs_quota_us')).toBe('-1');
    await group?.limit(HALF);
    expect(await read('cpu,cpuacct/nightjar-w', 'cpu.cfs_quota_us')).toMatch(/^50000/);
    expect(await read('cpu,cpuacct/nightjar-w', 'cpu.shares')).toMatch(/^2/);
  });

  it('limits by version 2', async () => {
    await writeFileTree(sys, {
      'fs/cgroup/cgroup.controllers': 'cpu memory',
      'fs/cgroup/cgroup.subtree_control': '',
      ...under('nightjar-w', V2),
    });
    const group = await ParentGroup.open(sys, 'w');
    expect(await read('.', 'cgroup.subtree_control')).toBe('+cpu');
    expect(await read('nightjar-w', 'cpu.max')).toBe('max 100000');
    await group?.limit(HALF);
    expect(await read('nightjar-w', 'cpu.max')).toMatch(/^50000 100000/);
    expect(await read('nightjar-w', 'cpu.weight')).toMatch(/^1/);
  });

  it('is not there where groups can not be made, and leaves nothing else', async () => {
    expect(await ParentGroup.open(sys, 'w')).toBeUndefined();
    await writeFileTree(sys, under('cpu', {}));
    await expect(stat(join(sys, 'fs/cgroup/nightjar-w'))).rejects.toThrow('ENOENT');
  });
});
